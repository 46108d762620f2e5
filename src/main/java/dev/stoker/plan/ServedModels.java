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
    private final Function<String, Optional<ModelDescription>> finder;
    private final OllamaBelief.Request ollama;
    private final Engine engine;
    private final OptionalLong running;
    private final List<ComputeDevice> devices;
    private final Planner planner;
    private final MemoryEstimator facts = new FactsEstimator();

    /**
     * @param finder describes a model of the server; may throw {@link UserError} where it can't
     * @param ollama how this host's Ollama is set; its context length is the caller's
     * @param running the context length with which a server that has one for all was started
     * @param devices those of the server's machine
     */
    public ServedModels(
            Function<String, Optional<ModelDescription>> finder,
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
        Optional<ModelDescription> model = described(told.name());
        if (model.isEmpty()) {
            return facts.estimate(told, contextLength);
        }
        ModelPlan plan =
                engine == Engine.OLLAMA
                        ? planner.ollama(
                                model.get(),
                                ollama.withContext(contextLength),
                                LlamaSettings.defaults(),
                                devices,
                                List.of(),
                                OptionalLong.empty())
                        : planner.llamaServer(
                                model.get(),
                                settings(contextLength.isPresent() ? contextLength : running),
                                devices,
                                OptionalLong.empty());
        return Reading.known(MemoryEstimate.of(plan.memory()));
    }

    private Optional<ModelDescription> described(String name) {
        try {
            return finder.apply(name)
                    .filter(m -> m.format() == ModelFormat.GGUF && m.shape().isKnown());
        } catch (UserError e) {
            return Optional.empty(); // The facts alone do then.
        }
    }

    private static LlamaSettings settings(OptionalLong contextLength) {
        LlamaSettings.Builder builder = new LlamaSettings.Builder();
        contextLength.ifPresent(builder::context);
        return builder.build();
    }
}
