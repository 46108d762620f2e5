package dev.stoker.server.state;

import dev.stoker.base.Reading;

/**
 * Settings of a server that it shows by itself.
 *
 * @param contextLength tokens a slot or a request
 * @param slots requests that it computes at once
 * @param mostModels models that it keeps in memory at once
 * @param build the server's build, in its own words
 */
public record ToldSettings(
        Reading<Long> contextLength,
        Reading<Long> slots,
        Reading<Long> mostModels,
        Reading<String> build) {

    static ToldSettings unsupported(String reason) {
        return new ToldSettings(
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason),
                Reading.unsupported(reason));
    }
}
