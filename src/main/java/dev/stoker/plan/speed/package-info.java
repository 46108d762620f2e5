/** How fast a planned model will answer, and what a token costs. */
@NullMarked
package dev.stoker.plan.speed;

import org.jspecify.annotations.NullMarked;
