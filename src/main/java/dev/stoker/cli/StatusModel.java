package dev.stoker.cli;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.Pace;
import dev.stoker.watch.ModelView;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How one model is shown in a line. Immutable. */
record StatusModel(ModelView model, Instant now) {
    private static final int LONGEST_NAME = 80;
    private static final double NEARLY_ALL = 0.98;

    /** Servers write for ever as a time centuries ahead. */
    private static final Duration FOR_EVER = Duration.ofDays(3650);

    /** A llama-server that was given no alias calls its model by the path of its file. */
    String name() {
        String name = model.name();
        int slash = name.startsWith("/") ? name.lastIndexOf('/') : -1;
        return Text.plain(name.substring(slash + 1), LONGEST_NAME);
    }

    /** What the server says; else what the driver says, or the kernel of its process. */
    String memory() {
        Reading<Bytes> said = model.state().total();
        if (said.isKnown() && said.value().count() > 0) {
            return said.value().binary();
        }
        if (model.onGpus().isKnown() && model.onGpus().value().count() > 0) {
            return model.onGpus().value().binary();
        }
        return model.process().isKnown()
                ? model.process().value().resident().map(Bytes::binary).orElse(Numbers.UNKNOWN)
                : Numbers.UNKNOWN;
    }

    /** On which devices it lies: by the driver where that is known, else by its server's word. */
    String place() {
        ModelState state = model.state();
        Reading<Double> share = state.onGpuShare();
        Map<Integer, Bytes> held = model.gpuMemory().orElse(Map.of());
        List<String> places = new ArrayList<>();
        held.forEach((gpu, bytes) ->
                places.add("GPU " + gpu + (held.size() > 1 ? " " + Numbers.gib(bytes) : "")));
        if (places.isEmpty() && share.isKnown() && share.value() > 0) {
            places.add(share.value() >= NEARLY_ALL ? "GPU" : percent(share.value()) + " GPU");
        }
        if (share.isKnown() && share.value() < NEARLY_ALL) {
            places.add(share.value() <= 0 ? "CPU" : percent(1 - share.value()) + " CPU");
        }
        return places.isEmpty() ? Numbers.UNKNOWN : String.join(", ", places);
    }

    private static String percent(double share) {
        return Math.round(share * 100) + "%";
    }

    String slots() {
        Reading<Long> all = model.state().work().slots();
        Reading<Long> busy = model.state().work().busySlots();
        return all.isKnown()
                ? (busy.isKnown() ? busy.value() + "/" : "") + all.value()
                : Numbers.UNKNOWN;
    }

    /** Empty where nothing was measured, because nothing runs. */
    String speed() {
        return model.rates().generatedTokens() instanceof Reading.Known<Pace>(Pace pace)
                ? (pace.atLeast() ? "≥" : "") + Numbers.figure(pace.perSecond())
                : "";
    }

    String expires() {
        if (!(model.state().expiresAt() instanceof Reading.Known<Instant>(Instant at))) {
            return Numbers.UNKNOWN;
        }
        Duration left = Duration.between(now, at);
        if (left.compareTo(FOR_EVER) > 0) {
            return "never";
        }
        if (left.isNegative() || left.isZero()) {
            return "after its request";
        }
        if (left.toDays() > 1) {
            return "in " + left.toDays() + " d";
        }
        long seconds = left.toSeconds();
        return seconds >= 3600
                ? String.format(
                        Locale.ROOT,
                        "in %d:%02d:%02d",
                        seconds / 3600,
                        seconds / 60 % 60,
                        seconds % 60)
                : String.format(Locale.ROOT, "in %d:%02d", seconds / 60, seconds % 60);
    }
}
