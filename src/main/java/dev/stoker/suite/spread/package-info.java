/** Why figures spread: what was measured beside them, and which of it explains them. Pure. */
@NullMarked
package dev.stoker.suite.spread;

import org.jspecify.annotations.NullMarked;
