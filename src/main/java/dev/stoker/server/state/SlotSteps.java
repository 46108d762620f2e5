package dev.stoker.server.state;

import dev.stoker.base.Reading;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many tokens a server's slots generated between two looks, for a server whose counters are not
 * asked. A slot tells the tokens of its running task alone: those of a task that ended in between
 * are lost, and the figure is then known from below only. Pure.
 */
final class SlotSteps {
    private SlotSteps() {}

    /** Tokens, and whether there may have been more. */
    record Step(double tokens, boolean atLeast) {}

    static Reading<Step> between(Reading<List<SlotState>> before, Reading<List<SlotState>> after) {
        if (!before.isKnown() || !after.isKnown()) {
            return (after.isKnown() ? before : after).map(_ -> new Step(0, true));
        }
        Map<Long, SlotState> earlier = new HashMap<>();
        before.value().forEach(s -> earlier.put(s.id(), s));
        double tokens = 0;
        boolean atLeast = earlier.size() != after.value().size();
        for (SlotState now : after.value()) {
            SlotState then = earlier.get(now.id());
            if (then == null) {
                atLeast = true;
                continue;
            }
            boolean same = then.task().equals(now.task()) && then.busy() == now.busy();
            double decoded = now.busy() ? now.decodedTokens().orElse(0L) : 0;
            double had = same && then.busy() ? then.decodedTokens().orElse(0L) : 0;
            boolean whole =
                    same
                            && decoded >= had
                            && (!now.busy()
                                    || (now.decodedTokens().isKnown()
                                            && then.decodedTokens().isKnown()));
            tokens += Math.max(0, decoded - had);
            atLeast |= !whole;
        }
        return Reading.known(new Step(tokens, atLeast));
    }
}
