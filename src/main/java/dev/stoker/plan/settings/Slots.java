package dev.stoker.plan.settings;

/**
 * How many requests a server shall answer at the same time. Pure.
 *
 * @param count at least 1
 * @param reason one or two sentences
 */
public record Slots(int count, String reason) {
    /** More than this makes each answer noticeably slower, whatever the memory. */
    private static final int ENOUGH = 4;

    /**
     * @param most how many have room with the context that each shall have
     * @param onGpu whether all layers are on GPUs
     * @param clients how many ask at the same time; 0 where it is not known
     * @param tokensEach context of a slot
     */
    public static Slots of(int most, boolean onGpu, int clients, long tokensEach) {
        if (most <= 1) {
            return new Slots(
                    1,
                    "There is room for one context of "
                            + tokensEach
                            + " tokens: further requests wait for their turn.");
        }
        if (!onGpu) {
            return new Slots(
                    1,
                    "A part is computed by the processor, which several requests at a time only"
                            + " slow down.");
        }
        int wanted = clients > 0 ? clients : ENOUGH;
        int count = Math.min(most, wanted);
        String room = most + " would have room with " + tokensEach + " tokens each. ";
        if (clients > 0) {
            return new Slots(
                    count,
                    room
                            + (count < clients
                                    ? clients - count + " of the " + clients + " clients will wait."
                                    : "One for each of the " + clients + " clients."));
        }
        return new Slots(
                count,
                room
                        + "The weights are read once for all of them, so that a few cost little"
                        + " speed each; more only pays with more clients.");
    }
}
