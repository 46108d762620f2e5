package dev.stoker.sim.engine;

import dev.stoker.sim.physics.Box;
import dev.stoker.sim.physics.ModelSpec;
import dev.stoker.sim.physics.Placement;
import dev.stoker.sim.physics.Rates;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the fault {@code degrade} does to one load: with each reload of a model since the machine's
 * start the model comes nearer to its degraded rates, and stays there. The cause decides what else
 * can be seen: fewer layers on the GPU with the page cache full or with plenty of free memory,
 * nothing on the GPU at all, a larger context, free memory in pieces, a low clock, somebody else's
 * load, or nothing (each process has its own speed). Pure.
 *
 * @param cause one of the fault's causes; empty when there is no wear
 * @param decode share of the decode rate that is left
 * @param prompt share of the prompt rate that is left
 */
record Wear(String cause, double decode, double prompt) {
    static final Wear NONE = new Wear("", 1, 1);
    private static final Set<String> MOVING = Set.of("fewer-layers", "pagecache", "offload");
    private static final String VANISHED = "vanished";
    private static final int CONTEXT_FACTOR = 8;

    /** One process of the first ten is fast by luck. */
    private static final int LUCKY = 3;

    private static final int DRAWS = 10;

    /** Tokens of the prompts that the story's rates were measured with. */
    private static final long SHORT_PROMPT = 75;

    static Wear of(Faults faults, ModelSpec model, int reloads) {
        if (!faults.isOn(FaultKind.DEGRADE)) {
            return NONE;
        }
        double cycles = faults.number(FaultKind.DEGRADE, "cycles");
        double part = cycles == 0 ? 1 : Math.min(1, reloads / Math.max(1, cycles));
        String cause = faults.word(FaultKind.DEGRADE, "cause");
        if (part == 0 || (cause.equals("lottery") && reloads % DRAWS == LUCKY)) {
            return NONE;
        }
        return new Wear(
                cause,
                Math.pow(model.degradedDecode(), part),
                Math.pow(model.degradedPrompt(), part));
    }

    /** Returns the remedy that ends what a cause does; empty where only a reboot does. */
    static String remedy(String cause) {
        return switch (cause) {
            case "pagecache", "fewer-layers" -> "drop-caches";
            case "fragmentation" -> "compact";
            case "offload", "lottery", "context" -> "respawn";
            case "clocks" -> "restart";
            case VANISHED -> "recreate";
            default -> "";
        };
    }

    int context(int asked, int trained) {
        return cause.equals("context") ? Math.min(trained, asked * CONTEXT_FACTOR) : asked;
    }

    /** Free memory in pieces makes a load slow before it makes anything else slow. */
    double loadFactor() {
        return cause.equals("fragmentation") ? 3 : 1;
    }

    private boolean moves() {
        return MOVING.contains(cause) || cause.equals(VANISHED);
    }

    /** Moves layers to the host where that is the cause: as large a share as the rate has lost. */
    Placement placement(Placement sound, ModelSpec model) {
        if (!moves() || sound.gpuBytes().isEmpty()) {
            return sound;
        }
        double left = cause.equals(VANISHED) ? 0 : decode;
        List<Integer> layers = new ArrayList<>();
        List<Long> bytes = new ArrayList<>();
        long moved = 0;
        int onHost = sound.onHost();
        for (int i = 0; i < sound.layers().size(); i++) {
            int had = sound.layers().get(i);
            int keep = (int) Math.floor(had * left);
            long all = sound.gpuBytes().get(i);
            long each = had == 0 ? 0 : (all - Placement.COMPUTE_BYTES) / had;
            long goes = keep == 0 ? all : each * (had - keep);
            layers.add(keep);
            bytes.add(all - goes);
            moved += goes;
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
        return moves() ? left(box, model, placed, decode, false) : decode;
    }

    /** The same for the prompt rate, short prompts included. */
    double promptFactor(Box box, ModelSpec model, Placement placed) {
        return moves() ? left(box, model, placed, prompt, true) : prompt;
    }

    private static double left(
            Box box, ModelSpec model, Placement placed, double share, boolean ofPrompt) {
        List<Integer> all = new ArrayList<>(placed.layers());
        all.set(0, all.getFirst() + placed.onHost());
        Placement sound = new Placement(all, placed.gpuBytes(), 0, 0);
        double before = seconds(new Rates(box, model, sound, 1, 1), ofPrompt);
        double now = seconds(new Rates(box, model, placed, 1, 1), ofPrompt);
        return Math.min(1, share * now / before);
    }

    private static double seconds(Rates rates, boolean ofPrompt) {
        return ofPrompt ? rates.promptSeconds(SHORT_PROMPT) : rates.tokenSeconds(0, 1);
    }
}
