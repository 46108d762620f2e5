package dev.stoker.rules;

import dev.stoker.alert.Severity;
import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.watch.ModelView;
import dev.stoker.watch.Moment;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where models lie: on the processor though there is a GPU, or elsewhere than their server says.
 * Servers reckon what lies where from their own log; the drivers know what each process holds.
 * Stateless.
 */
final class PlaceRules {
    /** Tables of words often stay in the host's memory and cost nothing. */
    private static final double NEARLY_ALL = 0.98;

    /** A reckoning errs by its size too. */
    private static final double PART = 0.15;

    private final Thresholds marks;

    PlaceRules(Thresholds marks) {
        this.marks = marks;
    }

    List<Finding> look(Moment now) {
        Surroundings around = new Surroundings(now);
        List<Finding> found = new ArrayList<>();
        for (ModelView model : now.models()) {
            if (!(model.state().condition() instanceof ModelCondition.Loaded)
                    || !around.isHere(model)) {
                continue;
            }
            if (now.machine().gpus().isEmpty()) {
                unseen(model).ifPresent(found::add);
            } else if (!around.gpus().isEmpty()) {
                fallback(model, around).ifPresent(found::add);
                disputed(model, around).ifPresent(found::add);
            }
        }
        return found;
    }

    /** A GPU in software, or one of a maker whose driver is not asked, is known to its server. */
    private static Optional<Finding> unseen(ModelView model) {
        Reading<Bytes> claim = model.state().onGpu();
        return claim.isKnown() && claim.value().count() > 0
                ? Optional.of(
                        Finding.ofModel(
                                Rule.MODEL_PLACE_DISPUTED,
                                Severity.NOTE,
                                model,
                                "its server says that "
                                        + claim.value().binary()
                                        + " of it lie on a GPU, and no driver here tells of one: a"
                                        + " GPU in software, or one that can't be looked at.",
                                ""))
                : Optional.empty();
    }

    private static Optional<Finding> fallback(ModelView model, Surroundings around) {
        Reading<Double> share = model.state().onGpuShare();
        Reading<Bytes> total = model.state().total();
        if (!share.isKnown()) {
            // A build that reckons wrongly says 0 of 0; then the drivers are asked.
            boolean nothing =
                    model.onGpus().isKnown()
                            && model.onGpus().value().count() == 0
                            && around.seesAllProcesses();
            return nothing
                    ? Optional.of(
                            found(
                                    model,
                                    Severity.WARNING,
                                    "no GPU holds anything for its process, so the processor"
                                            + " computes it."))
                    : Optional.empty();
        }
        if (share.value() >= NEARLY_ALL) {
            return Optional.empty();
        }
        Bytes onHost = total.value().minus(model.state().onGpu().value());
        Reading<Bytes> room = around.room();
        boolean fits = room.isKnown() && room.value().compareTo(onHost) >= 0;
        String where =
                room.isKnown() ? ", while the GPUs have " + room.value().binary() + " free" : "";
        if (share.value() <= 0) {
            return Optional.of(
                    found(
                            model,
                            fits ? Severity.CRITICAL : Severity.WARNING,
                            "its server computes it on the processor alone ("
                                    + onHost.binary()
                                    + ")"
                                    + where
                                    + "."));
        }
        return Optional.of(
                found(
                        model,
                        fits ? Severity.WARNING : Severity.NOTE,
                        String.format(
                                Locale.ROOT,
                                "%s of it (%d %%) lie in the host's memory and are computed by"
                                        + " the processor%s.",
                                onHost.binary(),
                                Math.round((1 - share.value()) * 100),
                                where)));
    }

    private static Finding found(ModelView model, Severity severity, String sentence) {
        return Finding.ofModel(
                Rule.CPU_FALLBACK,
                severity,
                model,
                sentence,
                severity == Severity.NOTE
                        ? "A shorter context or a smaller quantisation would fit."
                        : "Unload it and load it again; if that does not help, restart its server"
                                + " and look at 'stoker gpu'.");
    }

    private Optional<Finding> disputed(ModelView model, Surroundings around) {
        Reading<Bytes> claim = model.state().onGpu();
        Reading<Bytes> held = model.onGpus();
        if (!claim.isKnown() || !held.isKnown() || isUnknownClaim(model)) {
            return Optional.empty();
        }
        double margin = marks.at(Mark.PLACE_MARGIN) + PART * claim.value().count();
        long more = held.value().count() - claim.value().count();
        boolean nothing = held.value().count() == 0 && claim.value().count() > 0;
        if (Math.abs(more) <= margin && !(nothing && around.seesAllProcesses())) {
            return Optional.empty();
        }
        if (more < 0 && !around.seesAllProcesses()) {
            return Optional.empty(); // What is missing may be held by a process that is not seen.
        }
        String figures =
                "its server says that "
                        + claim.value().binary()
                        + " of it lie on GPUs, and the driver says "
                        + held.value().binary();
        return Optional.of(
                Finding.ofModel(
                        Rule.MODEL_PLACE_DISPUTED,
                        more < 0 ? Severity.WARNING : Severity.NOTE,
                        model,
                        figures + ".",
                        more < 0
                                ? "Trust the driver: the rest is computed elsewhere, or not at all."
                                : "Reckon with the driver's figure: servers leave out some"
                                        + " caches."));
    }

    /** Of a loaded model 0 of 0 bytes are said by builds that can't tell. */
    private static boolean isUnknownClaim(ModelView model) {
        return model.state().total().map(t -> t.count() == 0).orElse(false);
    }
}
