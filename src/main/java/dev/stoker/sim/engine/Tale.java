package dev.stoker.sim.engine;

/**
 * Text that says nothing, the same for the same seed and prompt: one word or mark a token. Pure.
 */
public final class Tale {
    private static final String[] WORDS =
            ("the fire needs air and a steady hand so we watch the gauge keep the pressure even"
                 + " feed small pieces often let heat rise slowly count every stroke note what was"
                 + " seen when it changed by how much then rest measure again compare with last"
                 + " night ask why before turning any valve because good work is calm work")
                    .split(" ", -1);

    private final long seed;

    public Tale(String prompt, long seed) {
        this.seed = mix(prompt.hashCode() * 0x9E3779B97F4A7C15L + seed);
    }

    /** Returns the text of one token; the first starts a sentence. */
    public String token(int index) {
        long r = mix(seed + index);
        if (index > 0 && index % 17 == 0) {
            return ".";
        }
        String word = WORDS[(int) Long.remainderUnsigned(r, WORDS.length)];
        boolean starts = index % 17 == (index < 17 ? 0 : 1);
        String shown = starts ? Character.toUpperCase(word.charAt(0)) + word.substring(1) : word;
        return index == 0 ? shown : " " + shown;
    }

    /**
     * Returns a length near this one, between 90 and 110 per cent of it, the same for the same
     * text.
     */
    public int near(int tokens) {
        double part = Long.remainderUnsigned(seed, 1000) / 1000.0;
        return Math.max(1, (int) Math.round(tokens * (0.9 + 0.2 * part)));
    }

    private static long mix(long z) {
        long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
        return b ^ (b >>> 31);
    }
}
