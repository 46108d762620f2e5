package dev.stoker.sim.engine;

import dev.stoker.base.UserError;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Which faults are on, with their parameters. They can be switched at any time. Thread-safe. */
public final class Faults {
    private static final List<String> CAUSES =
            List.of(
                    "fewer-layers",
                    "fragmentation",
                    "clocks",
                    "context",
                    "pagecache",
                    "offload",
                    "vanished",
                    "lottery",
                    "neighbour");

    private final Map<FaultKind, Map<String, String>> on = new ConcurrentHashMap<>();

    /** Switches a fault on by its text: {@code NAME} or {@code NAME=KEY:VALUE,KEY:VALUE}. */
    public void parse(String text) {
        int equals = text.indexOf('=');
        Map<String, String> parameters = new HashMap<>();
        if (equals >= 0) {
            for (String part : text.substring(equals + 1).split(",", -1)) {
                int colon = part.indexOf(':');
                if (colon < 1) {
                    throw wrong(
                            "Expected KEY:VALUE after the fault's name, but got '" + part + "'.");
                }
                parameters.put(part.substring(0, colon), part.substring(colon + 1));
            }
        }
        set(equals < 0 ? text : text.substring(0, equals), true, parameters);
    }

    /** Switches a fault on or off. */
    public void set(String name, boolean isOn, Map<String, String> parameters) {
        FaultKind kind =
                FaultKind.of(name).orElseThrow(() -> wrong("There is no fault '" + name + "'."));
        if (!isOn) {
            on.remove(kind);
            return;
        }
        Map<String, String> all = new TreeMap<>(kind.parameters());
        for (Map.Entry<String, String> p : parameters.entrySet()) {
            check(kind, p.getKey(), p.getValue());
            all.put(p.getKey(), p.getValue());
        }
        on.put(kind, Map.copyOf(all));
    }

    private static void check(FaultKind kind, String key, String value) {
        if (!kind.parameters().containsKey(key)) {
            throw wrong("The fault " + kind.label() + " has no parameter '" + key + "'.");
        }
        if (key.equals("cause")
                ? !CAUSES.contains(value)
                : !value.matches("[0-9]{1,6}(\\.[0-9]{1,6})?")) {
            throw wrong(
                    "The value '"
                            + value
                            + "' does not suit the parameter '"
                            + key
                            + "' of "
                            + kind.label()
                            + ".");
        }
    }

    /** Returns the causes of the fault {@code degrade}. */
    public static List<String> causes() {
        return CAUSES;
    }

    private static UserError wrong(String sentence) {
        return UserError.wrongUse(
                sentence,
                "Faults: "
                        + FaultKind.labels()
                        + "; causes of degrade: "
                        + String.join(", ", CAUSES)
                        + ".");
    }

    public boolean isOn(FaultKind kind) {
        return on.containsKey(kind);
    }

    /** Returns a parameter's number of a fault, or its default where the fault is off. */
    double number(FaultKind kind, String key) {
        Map<String, String> parameters = on.getOrDefault(kind, kind.parameters());
        return Double.parseDouble(parameters.getOrDefault(key, "0"));
    }

    String word(FaultKind kind, String key) {
        return on.getOrDefault(kind, kind.parameters()).getOrDefault(key, "");
    }

    /** Returns the factor by which the list of loaded models is wrong; 1 when it is right. */
    public double listedSizeFactor() {
        return isOn(FaultKind.PS_LIES) ? number(FaultKind.PS_LIES, "factor") : 1;
    }

    /** Returns the faults that are on, by name. */
    public Map<String, Map<String, String>> active() {
        Map<String, Map<String, String>> named = new TreeMap<>();
        on.forEach((kind, parameters) -> named.put(kind.label(), parameters));
        return named;
    }
}
