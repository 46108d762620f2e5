package dev.stoker.sim.engine;

import dev.stoker.sim.physics.Box;
import dev.stoker.sim.physics.ModelSpec;
import dev.stoker.sim.physics.Placement;
import dev.stoker.sim.physics.Rates;

import java.util.ArrayList;
import java.util.List;

/**
 * What the fault {@code degrade} does to one load: with each reload of a model since the machine's
 * start the model comes nearer to its degraded rates. The cause decides what else can be seen:
 * fewer layers on the GPU, a larger context, or (fragmentation, clocks) nothing in the server's own
 * figures. Pure.
 *
 * @param cause one of the fault's causes; empty when there is no wear
 * @param decode share of the decode rate that is left
 * @param prompt share of the prompt rate that is left
 */
record Wear(String cause, double decode, double prompt) {
    private static final int CONTEXT_FACTOR = 8;

    static Wear of(Faults faults, ModelSpec model, int reloads) {
        if (!faults.isOn(FaultKind.DEGRADE) || reloads == 0) {
            return new Wear("", 1, 1);
        }
        double cycles = Math.max(1, faults.number(FaultKind.DEGRADE, "cycles"));
        double part = Math.min(1, reloads / cycles);
        return new Wear(
                faults.word(FaultKind.DEGRADE, "cause"),
                Math.pow(model.degradedDecode(), part),
                Math.pow(model.degradedPrompt(), part));
    }

    int context(int asked, int trained) {
        return cause.equals("context") ? Math.min(trained, asked * CONTEXT_FACTOR) : asked;
    }

    /** Moves layers to the host where that is the cause: as large a share as the rate has lost. */
    Placement placement(Placement sound, ModelSpec model) {
        if (!cause.equals("fewer-layers") || sound.gpuBytes().isEmpty()) {
            return sound;
        }
        List<Integer> layers = new ArrayList<>();
        List<Long> bytes = new ArrayList<>();
        long moved = 0;
        int onHost = sound.onHost();
        for (int i = 0; i < sound.layers().size(); i++) {
            int had = sound.layers().get(i);
            int keep = (int) Math.floor(had * decode);
            long each = had == 0 ? 0 : (sound.gpuBytes().get(i) - Placement.COMPUTE_BYTES) / had;
            layers.add(keep);
            bytes.add(sound.gpuBytes().get(i) - each * (had - keep));
            moved += each * (had - keep);
            onHost += had - keep;
        }
        return new Placement(
                layers, bytes, sound.hostBytes() + moved, Math.min(onHost, model.layers()));
    }

    /**
     * Returns the factor that, with the placement as it is now, brings the decode rate to its
     * degraded value.
     */
    double decodeFactor(Box box, ModelSpec model, Placement placed) {
        if (!cause.equals("fewer-layers")) {
            return decode;
        }
        List<Integer> all = new ArrayList<>(placed.layers());
        all.set(0, all.getFirst() + placed.onHost());
        Placement sound = new Placement(all, placed.gpuBytes(), 0, 0);
        double before = new Rates(box, model, sound, 1, 1).tokenSeconds(0, 1);
        double now = new Rates(box, model, placed, 1, 1).tokenSeconds(0, 1);
        return Math.min(1, decode * now / before);
    }

    double promptFactor() {
        return prompt;
    }
}
