package dev.stoker.sim.protocol;

import dev.stoker.json.Json;
import dev.stoker.sim.engine.EngineFailure;
import dev.stoker.sim.engine.KeepAlive;
import dev.stoker.sim.wire.WireRequest;

import tools.jackson.databind.JsonNode;

import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the bodies of requests as Ollama does, with its words for what is wrong. Stateless. */
final class Bodies {
    private static final Pattern GO_DURATION =
            Pattern.compile("[-+]?([0-9]*\\.?[0-9]+(ns|us|µs|ms|s|m|h))+");
    private static final Pattern PART = Pattern.compile("([0-9]*\\.?[0-9]+)(ns|us|µs|ms|s|m|h)");
    private static final Map<String, Double> UNITS =
            Map.of(
                    "ns", 1e-9, "us", 1e-6, "µs", 1e-6, "ms", 1e-3, "s", 1.0, "m", 60.0, "h",
                    3600.0);
    private static final double LONGEST_SECONDS = 9.2e9;

    private Bodies() {}

    static JsonNode json(WireRequest request) throws EngineFailure {
        if (request.body().length == 0) {
            throw new EngineFailure(400, "missing request body");
        }
        JsonNode body =
                Json.parse(request.body(), 0, request.body().length)
                        .orElseThrow(() -> new EngineFailure(400, "unexpected EOF"));
        if (!body.isObject()) {
            throw new EngineFailure(
                    400, "json: cannot unmarshal value into Go value of type api.GenerateRequest");
        }
        return body;
    }

    /** Reads {@code keep_alive}: a number of seconds, a Go duration, or nothing. */
    static KeepAlive keepAlive(JsonNode body) throws EngineFailure {
        JsonNode value = body.path("keep_alive");
        if (value.isMissingNode() || value.isNull()) {
            return KeepAlive.UNSAID;
        }
        if (value.isNumber()) {
            double seconds = value.doubleValue();
            // Numbers this large overflow in the real server: 200, and the model goes.
            return KeepAlive.seconds(seconds > LONGEST_SECONDS ? 0 : seconds);
        }
        if (value.isString()) {
            return KeepAlive.seconds(duration(value.stringValue()));
        }
        String type =
                value.isBoolean()
                        ? "bool"
                        : value.isArray() ? "[]interface {}" : "map[string]interface {}";
        throw new EngineFailure(400, "Unsupported type: '" + type + "'");
    }

    private static double duration(String text) throws EngineFailure {
        if (text.equals("0") || text.equals("-0") || text.equals("+0")) {
            return 0;
        }
        if (text.matches("[-+]?[0-9]*\\.?[0-9]+")) {
            throw new EngineFailure(400, "time: missing unit in duration " + quoted(text));
        }
        if (!GO_DURATION.matcher(text).matches()) {
            throw new EngineFailure(400, "time: invalid duration " + quoted(text));
        }
        double seconds = 0;
        Matcher part = PART.matcher(text);
        while (part.find()) {
            seconds += Double.parseDouble(part.group(1)) * UNITS.getOrDefault(part.group(2), 0.0);
        }
        if (seconds > LONGEST_SECONDS) {
            throw new EngineFailure(400, "time: invalid duration " + quoted(text));
        }
        return text.startsWith("-") ? -seconds : seconds;
    }

    private static String quoted(String text) {
        return '"' + text + '"';
    }

    /** Reads a whole number among the options; a fraction is cut, another type is an error. */
    static int option(JsonNode body, String name, int otherwise) throws EngineFailure {
        JsonNode value = body.path("options").path(name);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isNumber()) {
            throw new EngineFailure(500, "option \"" + name + "\" must be of type integer");
        }
        BigDecimal number = value.decimalValue();
        return number.abs().compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0
                ? otherwise
                : number.intValue();
    }

    static boolean truth(JsonNode body, String name, boolean otherwise) {
        return Json.truth(body, name).orElse(otherwise);
    }

    /**
     * The text of all messages, each behind its role; parts of a message that are no text count as
     * nothing.
     */
    static String transcript(JsonNode messages) {
        StringBuilder all = new StringBuilder();
        for (JsonNode message : messages) {
            all.append(message.path("role").asString("")).append('\n');
            JsonNode content = message.path("content");
            if (content.isArray()) {
                content.forEach(part -> all.append(part.path("text").asString("")));
            } else {
                all.append(content.asString(""));
            }
            all.append('\n');
        }
        return all.toString();
    }
}
