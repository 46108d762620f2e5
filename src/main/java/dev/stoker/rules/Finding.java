package dev.stoker.rules;

import dev.stoker.alert.Severity;
import dev.stoker.base.Text;
import dev.stoker.gpu.GpuSample;
import dev.stoker.http.Endpoint;
import dev.stoker.server.state.ServerState;
import dev.stoker.watch.ModelView;

import java.util.Map;
import java.util.TreeMap;

/**
 * What a rule says of one thing at one moment; since when that is so is added by the judge. The
 * names of what it is about are made here, so that all rules use the same. Immutable.
 */
record Finding(
        Rule rule,
        Severity severity,
        Map<String, String> labels,
        String subject,
        String sentence,
        String next) {
    private static final int LONGEST_NAME = 80;

    static Finding ofGpu(
            Rule rule, Severity severity, GpuSample gpu, String sentence, String next) {
        return new Finding(rule, severity, labels(gpu), subject(gpu), sentence, next);
    }

    static Finding ofHost(Rule rule, Severity severity, String sentence, String next) {
        return new Finding(rule, severity, Map.of(), "Host memory", sentence, next);
    }

    static Finding ofServer(
            Rule rule, Severity severity, ServerState server, String sentence, String next) {
        return new Finding(
                rule,
                severity,
                Map.of("server", server.endpoint().url()),
                subject(server),
                sentence,
                next);
    }

    static Finding ofModel(
            Rule rule, Severity severity, ModelView model, String sentence, String next) {
        return new Finding(
                rule,
                severity,
                labels(model.server(), model.name()),
                name(model.name()),
                sentence,
                next);
    }

    static Map<String, String> labels(GpuSample gpu) {
        Map<String, String> labels = new TreeMap<>();
        labels.put("gpu", Integer.toString(gpu.device().index()));
        if (gpu.device().uuid().isKnown()) {
            labels.put("uuid", gpu.device().uuid().value());
        }
        return labels;
    }

    static Map<String, String> labels(Endpoint server, String model) {
        return Map.of("server", server.url(), "model", name(model));
    }

    static String subject(GpuSample gpu) {
        return "GPU " + gpu.device().index();
    }

    static String subject(ServerState server) {
        return server.identity().map(id -> id.kind().title() + " at ").orElse("")
                + server.endpoint().url();
    }

    static String name(String model) {
        return Text.plain(model, LONGEST_NAME);
    }
}
