/** Which quantisation of a model suits given devices. */
@NullMarked
package dev.stoker.plan.advise;

import org.jspecify.annotations.NullMarked;
