package dev.stoker.plan.speed;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.memory.Provenance;

import java.util.List;

/**
 * How fast a model will answer one request at a time.
 *
 * @param decode tokens a second of the answer
 * @param prompt tokens a second of a prompt that fills at least one batch; unknown where a device's
 *     compute rate is
 * @param depth tokens of context at which {@code decode} holds
 * @param bytesPerToken what a token of the answer moves
 * @param bound of which device most of the time is, a phrase
 * @param provenance modelled, or calibrated on this host
 * @param because from what it follows, a phrase
 * @param remarks what a reader may not expect, a sentence each
 */
public record SpeedEstimate(
        Band decode,
        Reading<Band> prompt,
        long depth,
        Bytes bytesPerToken,
        String bound,
        Provenance provenance,
        String because,
        List<String> remarks) {
    public SpeedEstimate {
        remarks = List.copyOf(remarks);
    }
}
