package dev.stoker.host;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

/**
 * Memory that was set aside in large pages. It counts as used even where nobody uses it yet, which
 * explains a machine that seems full. Immutable.
 *
 * @param total all that was set aside; zero where none was
 * @param free what of it nobody uses
 */
public record HugePages(Reading<Bytes> total, Reading<Bytes> free) {}
