package dev.stoker.load;

import dev.stoker.base.Reading;
import dev.stoker.history.Setting;
import dev.stoker.host.HostSource;
import dev.stoker.json.Json;
import dev.stoker.server.InferenceServer;
import dev.stoker.server.LoadedModel;
import dev.stoker.server.ModelInfo;
import dev.stoker.server.ServerException;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Under which conditions a load test was made: machine, server, model, what was asked. What can't
 * be known is noted with the reason. Looks at the server and its host; changes nothing. Stateless.
 */
public final class LoadSetting {
    private LoadSetting() {}

    /** Looks at the host and the server. */
    public static Setting of(HostSource host, InferenceServer server, LoadHeader header) {
        LinkedHashMap<String, Reading<String>> facts = new LinkedHashMap<>();
        Conditions.note(facts, host, server.identity());
        model(facts, server, header.model());
        asked(facts, header);
        return Setting.of(facts);
    }

    /** Returns what the header tells, for a run that noted no more. */
    static Setting of(LoadHeader header) {
        LinkedHashMap<String, Reading<String>> facts = new LinkedHashMap<>();
        facts.put("server", Reading.known(header.serverTitle()));
        facts.put("server url", Reading.known(header.serverUrl()));
        facts.put("model", Reading.known(header.model()));
        asked(facts, header);
        return Setting.of(facts);
    }

    private static void model(
            Map<String, Reading<String>> facts, InferenceServer server, String name) {
        facts.put("model", Reading.known(name));
        try {
            List<LoadedModel> loaded = server.loaded();
            Optional<ModelInfo> model =
                    server.models().stream().filter(m -> m.name().equals(name)).findFirst();
            if (model.isPresent()) {
                facts.putAll(Conditions.model(model.get(), loaded).facts());
            } else {
                facts.put("digest", Reading.unsupported("the server does not list the model"));
            }
        } catch (ServerException e) {
            facts.put("digest", Reading.failed(e.failure().sentence()));
        }
    }

    private static void asked(Map<String, Reading<String>> facts, LoadHeader header) {
        for (String name : header.options().propertyNames()) {
            JsonNode value = header.options().path(name);
            if (name.equals("prompt_size")) {
                // How the size was found is no condition; what was found is.
                Json.integer(value, "tokens")
                        .ifPresent(
                                n -> facts.put("prompt tokens", Reading.known(Long.toString(n))));
            } else {
                facts.put(name.replace('_', ' '), Reading.known(text(value)));
            }
        }
        facts.put("stoker", Reading.known(header.stokerVersion()));
    }

    private static String text(JsonNode value) {
        if (!value.isArray()) {
            return value.isString() ? value.stringValue() : value.toString();
        }
        List<String> parts = new ArrayList<>();
        value.forEach(v -> parts.add(text(v)));
        return parts.isEmpty() ? "none" : String.join(", ", parts);
    }
}
