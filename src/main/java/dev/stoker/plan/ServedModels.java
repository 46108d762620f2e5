package dev.stoker.plan;

import dev.stoker.base.Reading;
import dev.stoker.base.UserError;
import dev.stoker.memory.FactsEstimator;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryEstimate;
import dev.stoker.memory.MemoryEstimator;
import dev.stoker.memory.ModelFacts;
import dev.stoker.memory.llama.LlamaFit;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.memory.ollama.OllamaBelief;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelFormat;
import dev.stoker.plan.device.ComputeDevice;
import dev.stoker.plan.speed.Calibration;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Estimates the models of a running server: by {@link Planner} where the model's header can be
 * read, else by the few facts that the server tells. What can't be read is no error here.
 * Thread-safe as far as the finder is.
 */
public final class ServedModels implements MemoryEstimator {
    private final Function<String, Optional<Served>> finder;
    private final OllamaBelief.Request ollama;
    private final Engine engine;
    private final OptionalLong running;
    private final List<ComputeDevice> devices;
    private final Planner planner;
    private final MemoryEstimator facts = new FactsEstimator();

    /**
     * A model of the server.
     *
     * @param launched how the server starts it, where it tells that
     */
    public record Served(ModelDescription model, Optional<LlamaSettings> launched) {}

    /**
     * @param finder describes a model of the server; may throw {@link UserError} where it can't
     * @param ollama how this host's Ollama is set; its context length is the caller's
     * @param running the context length with which a server that has one for all was started
     * @param devices those of the server's machine
     */
    public ServedModels(
            Function<String, Optional<Served>> finder,
            Engine engine,
            OllamaBelief.Request ollama,
            OptionalLong running,
            List<ComputeDevice> devices,
            Overheads overheads) {
        this.finder = finder;
        this.engine = engine;
        this.ollama = ollama;
        this.running = running;
        this.devices = List.copyOf(devices);
        this.planner = new Planner(overheads, LlamaFit.TARGET, Calibration.NONE);
    }

    @Override
    public Reading<MemoryEstimate> estimate(ModelFacts told, OptionalLong contextLength) {
        Optional<Served> found = described(told.name());
        if (found.isEmpty()) {
            return facts.estimate(told, contextLength);
        }
        ModelDescription model = found.get().model();
        ModelPlan plan =
                engine == Engine.OLLAMA
                        ? planner.ollama(
                                model,
                                ollama.withContext(contextLength),
                                LlamaSettings.defaults(),
                                devices,
                                List.of(),
                                OptionalLong.empty())
                        : planner.llamaServer(
                                model,
                                settings(found.get(), contextLength),
                                devices,
                                OptionalLong.empty());
        return Reading.known(MemoryEstimate.of(plan.memory()));
    }

    private Optional<Served> described(String name) {
        try {
            return finder.apply(name)
                    .filter(s -> s.model().format() == ModelFormat.GGUF)
                    .filter(s -> s.model().shape().isKnown());
        } catch (UserError e) {
            return Optional.empty(); // The facts alone do then.
        }
    }

    private LlamaSettings settings(Served served, OptionalLong contextLength) {
        LlamaSettings.Builder builder =
                served.launched().orElseGet(LlamaSettings::defaults).toBuilder();
        if (contextLength.isPresent()) {
            builder.context(contextLength.getAsLong());
        } else if (served.launched().isEmpty()) {
            running.ifPresent(builder::context);
        }
        return builder.build();
    }
}
