/**
 * What fits on given devices, how fast and at what cost, and which settings follow from it. What a
 * model takes is said by the room {@code memory}, through {@link dev.stoker.plan.Estimate}.
 */
@NullMarked
package dev.stoker.plan;

import org.jspecify.annotations.NullMarked;
