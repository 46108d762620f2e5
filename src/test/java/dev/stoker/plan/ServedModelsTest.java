package dev.stoker.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.UserError;
import dev.stoker.memory.FactsEstimator;
import dev.stoker.memory.LlamaSettings;
import dev.stoker.memory.MemoryEstimate;
import dev.stoker.memory.ModelFacts;
import dev.stoker.memory.llama.HostPacking;
import dev.stoker.memory.llama.LlamaFit;
import dev.stoker.memory.llama.Overheads;
import dev.stoker.memory.ollama.OllamaBelief;
import dev.stoker.model.ModelDescription;
import dev.stoker.plan.device.Boxes;
import dev.stoker.plan.device.ComputeDevice;
import dev.stoker.plan.pack.KnownModels;
import dev.stoker.plan.source.LaunchedSettings;
import dev.stoker.plan.speed.Calibration;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;

class ServedModelsTest {
    private static final ModelDescription MODEL = KnownModels.all().getFirst();
    private static final List<ComputeDevice> DEVICES = Boxes.named("a10g").devices();
    private static final Overheads OVERHEADS = Overheads.usual(HostPacking.AVX2);

    private static ServedModels models(
            Engine engine, Function<String, Optional<ModelDescription>> finder) {
        return new ServedModels(
                name -> finder.apply(name).map(m -> new ServedModels.Served(m, Optional.empty())),
                engine,
                OllamaBelief.Request.plain(),
                OptionalLong.of(4096),
                DEVICES,
                OVERHEADS);
    }

    private static ModelFacts facts(Bytes size) {
        return new ModelFacts(
                MODEL.name(),
                Reading.known(size),
                Reading.unsupported(""),
                Reading.unsupported(""),
                Reading.unsupported(""),
                Reading.unsupported(""));
    }

    @Test
    void estimate_routerTellsHowItStarts_isOfThat() {
        LlamaSettings launched =
                LaunchedSettings.of(List.of("llama-server", "--ctx-size", "16384", "-np", "1"));
        ServedModels routed =
                new ServedModels(
                        _ -> Optional.of(new ServedModels.Served(MODEL, Optional.of(launched))),
                        Engine.LLAMA_SERVER,
                        OllamaBelief.Request.plain(),
                        OptionalLong.empty(),
                        DEVICES,
                        OVERHEADS);
        MemoryEstimate asLaunched =
                routed.estimate(facts(Bytes.gb(1)), OptionalLong.empty()).value();
        MemoryEstimate asked =
                models(Engine.LLAMA_SERVER, _ -> Optional.of(MODEL))
                        .estimate(facts(Bytes.gb(1)), OptionalLong.of(16_384))
                        .value();
        MemoryEstimate small = routed.estimate(facts(Bytes.gb(1)), OptionalLong.of(2048)).value();
        assertThat(asLaunched.expected().toMib()).isCloseTo(asked.expected().toMib(), within(16.0));
        assertThat(small.expected()).isLessThan(asLaunched.expected());
    }

    @Test
    void estimate_headerKnown_isThePlansOwnSum() {
        MemoryEstimate estimate =
                models(Engine.OLLAMA, _ -> Optional.of(MODEL))
                        .estimate(facts(Bytes.gb(1)), OptionalLong.of(8192))
                        .value();

        ModelPlan plan =
                new Planner(OVERHEADS, LlamaFit.TARGET, Calibration.NONE)
                        .ollama(
                                MODEL,
                                OllamaBelief.Request.plain().withContext(OptionalLong.of(8192)),
                                LlamaSettings.defaults(),
                                DEVICES,
                                List.of(),
                                OptionalLong.empty());
        assertThat(estimate.expected()).isEqualTo(plan.memory().total());
        assertThat(estimate.low()).isLessThanOrEqualTo(estimate.expected());
        assertThat(estimate.high()).isGreaterThan(estimate.expected());
    }

    @Test
    void estimate_modelOnAGpu_hostNeedsItsOwnPartOnly() {
        MemoryEstimate estimate =
                models(Engine.LLAMA_SERVER, _ -> Optional.of(MODEL))
                        .estimate(facts(Bytes.gb(1)), OptionalLong.empty())
                        .value();

        assertThat(estimate.hostHigh().count()).isLessThan(estimate.high().count() / 2);
        assertThat(estimate.items().stream().mapToLong(i -> i.bytes().count()).sum())
                .isEqualTo(estimate.expected().count());
    }

    @Test
    void estimate_headerUnreadable_isByTheFacts() {
        ServedModels models =
                models(
                        Engine.OLLAMA,
                        name -> {
                            throw UserError.wrongUse("No " + name + ".", "");
                        });

        assertThat(models.estimate(facts(Bytes.gb(3)), OptionalLong.empty()))
                .isEqualTo(new FactsEstimator().estimate(facts(Bytes.gb(3)), OptionalLong.empty()));
    }

    @Test
    void estimate_llamaServersOwnContext_isTaken() {
        ServedModels models = models(Engine.LLAMA_SERVER, _ -> Optional.of(MODEL));

        assertThat(models.estimate(facts(Bytes.gb(1)), OptionalLong.empty()))
                .isEqualTo(models.estimate(facts(Bytes.gb(1)), OptionalLong.of(4096)));
    }
}
