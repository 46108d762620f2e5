package dev.stoker.rules;

import dev.stoker.alert.Severity;
import dev.stoker.base.Reading;
import dev.stoker.machine.MachineSample;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.ServerState;
import dev.stoker.watch.ModelView;
import dev.stoker.watch.Moment;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which models are not in memory and should be, or can't answer. Stateless. */
final class ModelRules {
    private static final String LATEST = ":latest";

    private final Thresholds marks;

    ModelRules(Thresholds marks) {
        this.marks = marks;
    }

    List<Finding> look(Moment now) {
        List<Finding> found = new ArrayList<>();
        for (ModelView model : now.models()) {
            unfit(model).ifPresent(found::add);
        }
        for (String wanted : marks.resident()) {
            missing(now.machine(), wanted).ifPresent(found::add);
        }
        return found;
    }

    private static Optional<Finding> unfit(ModelView model) {
        return switch (model.state().condition()) {
            case ModelCondition.Loaded _, ModelCondition.Loading _, ModelCondition.Sleeping _ ->
                    Optional.empty();
            case ModelCondition.RunnerGone _ ->
                    Optional.of(
                            Finding.ofModel(
                                    Rule.MODEL_NOT_RESIDENT,
                                    Severity.WARNING,
                                    model,
                                    "its server lists it as loaded, but no runner of it lives; the"
                                            + " next request will load it again.",
                                    "Look for the cause in the kernel's log: the OOM killer leaves"
                                            + " a line."));
            case ModelCondition.Silent _ ->
                    Optional.of(
                            Finding.ofModel(
                                    Rule.MODEL_NOT_RESIDENT,
                                    Severity.CRITICAL,
                                    model,
                                    "its runner lives and does not answer: requests hang.",
                                    "Look into the server's log; a restart may help."));
            case ModelCondition.Failed(Reading<Long> exit) ->
                    Optional.of(
                            Finding.ofModel(
                                    Rule.MODEL_NOT_RESIDENT,
                                    Severity.WARNING,
                                    model,
                                    "it could not be loaded, or its runner ended"
                                            + (exit.isKnown()
                                                    ? " (exit code " + exit.value() + ")."
                                                    : "."),
                                    "The server's log has the reason."));
        };
    }

    /** Where a server does not tell its models, it may be there: then nothing is said. */
    private static Optional<Finding> missing(MachineSample machine, String wanted) {
        boolean allTold = false;
        for (ServerState server : machine.servers()) {
            if (!(server.health() instanceof Health.Up)) {
                continue;
            }
            if (!server.models().isKnown()) {
                return Optional.empty();
            }
            allTold = true;
            for (ModelState model : server.models().value()) {
                if (isCalled(model, wanted)
                        && !(model.condition() instanceof ModelCondition.Sleeping)) {
                    return Optional.empty(); // Whoever can't answer is told of above.
                }
            }
        }
        return allTold
                ? Optional.of(
                        new Finding(
                                Rule.MODEL_NOT_RESIDENT,
                                Severity.WARNING,
                                Map.of("model", Finding.name(wanted)),
                                Finding.name(wanted),
                                "it should be in memory by the rules' file, and is not; the next"
                                        + " request waits until it is loaded.",
                                ""))
                : Optional.empty();
    }

    private static boolean isCalled(ModelState model, String wanted) {
        String name = bare(wanted);
        return bare(model.name()).equals(name)
                || model.otherNames().stream().anyMatch(other -> bare(other).equals(name));
    }

    private static String bare(String name) {
        return name.endsWith(LATEST) ? name.substring(0, name.length() - LATEST.length()) : name;
    }
}
