package dev.stoker.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.json.Json;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code stoker plan} against real servers: what it says is what they do. */
class PlanE2e {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern BUFFER =
            Pattern.compile("(\\S+) +(model|KV|output|compute) buffer size = +([0-9.]+) MiB");

    private static JsonNode plan(StokerCli stoker, String... arguments) {
        List<String> all = new ArrayList<>(List.of("plan", "--json", "--no-gpu"));
        all.addAll(List.of(arguments));
        StokerCli.Result result = stoker.run(LIMIT, all.toArray(String[]::new));
        return Json.parse(result.stdout()).orElseThrow(() -> new AssertionError(result.toString()));
    }

    private static double mib(JsonNode plan, String kind) {
        double sum = 0;
        for (JsonNode item : plan.at("/devices/0/items")) {
            sum += item.path("kind").asString().equals(kind) ? item.path("bytes").asDouble() : 0;
        }
        return sum / (1 << 20);
    }

    private static double told(String log, String kind) {
        double sum = 0;
        Matcher matcher = BUFFER.matcher(log);
        while (matcher.find()) {
            sum += matcher.group(2).equals(kind) ? Double.parseDouble(matcher.group(3)) : 0;
        }
        return sum;
    }

    @Test
    void plan_ofAServersModel_isWhatItsLogSays() {
        try (RealLlamaServer llama =
                        RealLlamaServer.ofModel(Parts.MODEL_GEMMA3)
                                .flags("-np", "2", "-c", "4096", "-fit", "off", "-lv", "4")
                                .start();
                StokerCli stoker = new StokerCli()) {
            JsonNode plan =
                    plan(
                            stoker,
                            Parts.require(Parts.MODEL_GEMMA3).toString(),
                            "--parallel",
                            "2",
                            "--ctx",
                            "4096");
            String log = llama.log();
            assertThat(mib(plan, "kv")).isCloseTo(told(log, "KV"), within(0.02));
            assertThat(mib(plan, "output")).isCloseTo(told(log, "output"), within(0.02));
            assertThat(mib(plan, "compute")).isCloseTo(told(log, "compute"), within(2));
            JsonNode same =
                    plan(
                            stoker,
                            "",
                            "--server",
                            llama.url().toString(),
                            "--parallel",
                            "2",
                            "--ctx",
                            "4096");
            assertThat(same.at("/devices/0/items")).isEqualTo(plan.at("/devices/0/items"));
        }
    }

    private static org.assertj.core.data.Offset<Double> within(double mib) {
        return org.assertj.core.data.Offset.offset(mib);
    }

    @Test
    void plan_ofAnOllamaModel_isWhatItsRunnersLogSays() {
        for (String model : List.of(RealOllama.SMOLLM2, RealOllama.GEMMA3)) {
            try (RealOllama ollama = RealOllama.start();
                    StokerCli stoker = new StokerCli()) {
                JsonNode served =
                        plan(stoker, model, "--server", ollama.url().toString(), "--ctx", "4096");
                assertThat(served.at("/model/architecture").asString()).isNotBlank();
                assertThat(served.path("fits").asString()).isEqualTo("full");
                assertThat(served.at("/ollama/would_evict")).isEmpty();
                ollama.http()
                        .post(
                                "/api/generate",
                                "{\"model\":\""
                                        + model
                                        + "\",\"prompt\":\"hi\",\"stream\":false,"
                                        + "\"options\":{\"num_ctx\":4096,\"num_predict\":1}}");
                String log = ollama.log();
                assertThat(mib(served, "weights")).isCloseTo(told(log, "model"), within(0.02));
                assertThat(mib(served, "kv")).isCloseTo(told(log, "KV"), within(0.02));
                assertThat(mib(served, "output")).isCloseTo(told(log, "output"), within(0.02));
                assertThat(mib(served, "compute")).isCloseTo(told(log, "compute"), within(2));
            }
        }
    }

    @Test
    void plan_calibrated_measuresARealStartAndUsesIt() {
        try (StokerCli stoker = new StokerCli()) {
            String model = Parts.require(Parts.MODEL_SMOLLM2).toString();
            String program = Parts.require(Parts.LLAMA_SERVER).toString();
            JsonNode before = plan(stoker, model, "--ctx", "2048");
            JsonNode after =
                    plan(
                            stoker,
                            model,
                            "--ctx",
                            "2048",
                            "--calibrate",
                            "--yes",
                            "--llama-server",
                            program);
            JsonNode later = plan(stoker, model, "--ctx", "2048");

            assertThat(provenance(before)).isEqualTo("assumed");
            assertThat(provenance(after)).isEqualTo("calibrated");
            assertThat(mib(after, "context")).isBetween(2.0, 300.0);
            assertThat(provenance(later)).isEqualTo("calibrated");
            assertThat(mib(later, "context")).isEqualTo(mib(after, "context"));
        }
    }

    private static String provenance(JsonNode plan) {
        for (JsonNode item : plan.at("/devices/0/items")) {
            if (item.path("kind").asString().equals("context")) {
                return item.path("provenance").asString();
            }
        }
        throw new AssertionError("no context in " + plan);
    }

    @Test
    void plan_ofARoutersModel_loadsNothing() {
        try (RealLlamaServer router = RealLlamaServer.router().start();
                StokerCli stoker = new StokerCli()) {
            String url = router.url().toString();

            JsonNode plan = plan(stoker, RealLlamaServer.SMOLLM2, "--server", url, "--ctx", "2048");

            assertThat(plan.path("fits").asString()).isEqualTo("full");
            assertThat(mib(plan, "weights")).isPositive();
            JsonNode models = Json.parse(router.http().get("/v1/models").body()).orElseThrow();
            for (JsonNode entry : models.path("data")) {
                assertThat(entry.at("/status/value").asString()).isEqualTo("unloaded");
            }
        }
    }
}
