package dev.stoker.sim.engine;

import dev.stoker.sim.physics.ModelSpec;
import dev.stoker.sim.physics.Placement;
import dev.stoker.sim.physics.Rates;

import java.util.ArrayDeque;
import java.util.Deque;

/** One loaded model. Guarded by the engine's lock, but for what never changes. */
final class Runner {
    private static final int REMEMBERED_PROMPTS = 64;
    private static final int REMEMBERED_CHARACTERS = 32 << 10;

    final String id;
    final long pid;
    final ModelSpec model;
    final String shownName;
    final int context;
    final int gpuLayers;

    /** Layers that the process is held to by an earlier request; negative where it is not. */
    final int stuckLayers;

    final Placement placement;
    final Rates rates;
    private final Deque<String> prompts = new ArrayDeque<>();

    KeepAlive session;
    long expiresNanos;
    int active;
    int slotsUsed;
    boolean leaving;
    long goneNanos;

    Runner(
            String id,
            long pid,
            ModelSpec model,
            String shownName,
            int context,
            int gpuLayers,
            int stuckLayers,
            Placement placement,
            Rates rates,
            KeepAlive session) {
        this.id = id;
        this.pid = pid;
        this.model = model;
        this.shownName = shownName;
        this.context = context;
        this.gpuLayers = gpuLayers;
        this.stuckLayers = stuckLayers;
        this.placement = placement;
        this.rates = rates;
        this.session = session;
    }

    /** Returns the command line of its process, as a llama-server below Ollama has it. */
    String command() {
        int layers = gpuLayers >= 0 ? gpuLayers : stuckLayers;
        return "llama-server --model "
                + model.digest().substring(0, 12)
                + " -c "
                + context
                + (layers >= 0 ? " -ngl " + layers : "")
                + " (simulated)";
    }

    /**
     * Returns how many characters of a prompt the caches already hold, and remembers it: the slot
     * keeps its last prompt and llama-server keeps earlier ones in host memory.
     */
    int sharedPrefix(String prompt) {
        String cut =
                prompt.length() > REMEMBERED_CHARACTERS
                        ? prompt.substring(0, REMEMBERED_CHARACTERS)
                        : prompt;
        int best = 0;
        for (String earlier : prompts) {
            int n = Math.min(earlier.length(), cut.length());
            int same = 0;
            while (same < n && earlier.charAt(same) == cut.charAt(same)) {
                same++;
            }
            best = Math.max(best, same);
        }
        prompts.addFirst(cut);
        if (prompts.size() > REMEMBERED_PROMPTS) {
            prompts.removeLast();
        }
        return best;
    }
}
