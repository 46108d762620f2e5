/** Which of several models stay in memory together on unequal GPUs. */
@NullMarked
package dev.stoker.plan.pack;

import org.jspecify.annotations.NullMarked;
