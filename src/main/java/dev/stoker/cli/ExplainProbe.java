package dev.stoker.cli;

import dev.stoker.base.ExitCode;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.base.UserError;
import dev.stoker.explain.account.Attribution;
import dev.stoker.explain.probe.Expected;
import dev.stoker.explain.probe.Probe;
import dev.stoker.explain.probe.ProbeParts;
import dev.stoker.explain.probe.ProbeVerdict;
import dev.stoker.trace.RequestTrace;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** One request, taken apart, as text and as JSON. Immutable. */
final class ExplainProbe {
    private final String server;
    private final Probe.Result result;
    private final ProbeParts parts;
    private final Expected expected;
    private final ProbeVerdict verdict;

    /**
     * @param server its title
     * @throws UserError if the request failed
     */
    ExplainProbe(String server, Probe.Result result, Expected expected, Optional<Attribution> log) {
        if (result.trace().outcome()
                instanceof RequestTrace.Outcome.Failed(String kind, String sentence)) {
            throw new UserError(
                    kind.equals("cancelled") ? ExitCode.INTERRUPTED : ExitCode.SERVER_FAILED,
                    sentence,
                    "");
        }
        this.server = server;
        this.result = result;
        this.parts = ProbeParts.of(result, log);
        this.expected = expected;
        this.verdict = ProbeVerdict.of(result, parts, expected, log);
    }

    ObjectNode json() {
        ObjectNode root = ExplainJson.titled("probe", result.model());
        root.put("server", Text.plain(server, 100));
        root.put("requests", 1);
        root.put("total_ms", parts.total());
        ObjectNode shares = root.putObject("parts");
        ObjectNode millis = root.putObject("parts_ms");
        part(shares, millis, "connect", parts.connect());
        part(shares, millis, "queue", parts.queue());
        part(shares, millis, "load", parts.load());
        part(shares, millis, "prompt", parts.prompt());
        part(shares, millis, "decode", parts.decode());
        part(shares, millis, "client", parts.client());
        ExplainJson.stages(root.putObject("load"), parts.shares().stages());
        ExplainJson.stages(root.putObject("load_ms"), parts.stages());
        RequestTrace trace = result.trace();
        number(root, "ttft_ms", trace.ttftMillis());
        number(root, "prompt_tokens", trace.timings().promptTokens().map(Long::doubleValue));
        number(root, "output_tokens", trace.timings().outputTokens().map(Long::doubleValue));
        number(root, "prompt_tokens_per_second", promptRate());
        number(root, "decode_tokens_per_second", rate());
        ObjectNode should = root.putObject("expected");
        ExplainJson.number(should, "decode_tokens_per_second", expected.decode());
        should.put("low", expected.decode().isPresent() ? expected.low() : null);
        should.put("high", expected.decode().isPresent() ? expected.high() : null);
        should.put(
                "bytes_per_token", expected.bytesPerToken() > 0 ? expected.bytesPerToken() : null);
        should.put("bound", Text.plain(expected.bound(), 200));
        should.put("assumed", expected.assumed());
        ExplainJson.number(should, "baseline_tokens_per_second", expected.baseline());
        should.put("baseline_run", expected.from().isEmpty() ? null : expected.from());
        ArrayNode left = root.putArray("left");
        result.left().forEach(name -> left.add(Text.plain(name, 100)));
        ExplainJson.told(root, verdict.causes(), verdict.sentence(), verdict.next());
        return root;
    }

    private void part(ObjectNode shares, ObjectNode millis, String name, OptionalDouble value) {
        ExplainJson.number(
                shares,
                name,
                value.isEmpty()
                        ? value
                        : OptionalDouble.of(Math.min(1, value.getAsDouble() / parts.total())));
        ExplainJson.number(millis, name, value);
    }

    private static void number(ObjectNode node, String name, Reading<Double> reading) {
        ExplainJson.number(
                node,
                name,
                reading.isKnown() ? OptionalDouble.of(reading.value()) : OptionalDouble.empty());
    }

    private Reading<Double> rate() {
        Reading<Double> said = result.trace().timings().decodeTokensPerSecond();
        return said.isKnown() ? said : result.trace().decodeTokensPerSecond();
    }

    /** Servers that do not tell the cached share got a prompt that was never seen before. */
    private Reading<Double> promptRate() {
        Reading<Double> said = result.trace().timings().promptTokensPerSecond();
        if (said.isKnown() || !result.trace().timings().promptTime().isKnown()) {
            return said;
        }
        double seconds = result.trace().timings().promptTime().value().toNanos() / 1e9;
        return seconds <= 0 ? said : result.trace().timings().promptTokens().map(n -> n / seconds);
    }

    List<String> lines(ExplainText text) {
        List<String> lines = new ArrayList<>();
        text.verdict(lines, verdict.sentence());
        lines.add("");
        lines.addAll(
                text.wrapped(
                        "",
                        Text.plain(result.model(), 60)
                                + " on "
                                + Text.plain(server, 60)
                                + ": "
                                + ExplainText.seconds(parts.total())
                                + ", the first token after "
                                + result.trace().ttftMillis().map(ExplainText::seconds).orElse("–")
                                + ", prompt "
                                + figure(promptRate())
                                + ", answer "
                                + figure(rate())
                                + "."));
        lines.add("");
        lines.addAll(text.parts(parts.shares()));
        if (expected.decode().isEmpty() && !expected.bound().isEmpty()) {
            lines.add("");
            lines.addAll(
                    text.wrapped(
                            "",
                            "What the hardware allows is not known: " + expected.bound() + "."));
        }
        text.causes(lines, verdict.causes());
        text.next(lines, verdict.next());
        return lines;
    }

    private static String figure(Reading<Double> rate) {
        return rate.isKnown() ? String.format(Locale.ROOT, "%.1f tok/s", rate.value()) : "–";
    }
}
