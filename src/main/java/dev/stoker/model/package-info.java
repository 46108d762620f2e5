/**
 * What a model is, wherever it was read: pure descriptions that planning and diagnosing work on.
 */
@NullMarked
package dev.stoker.model;

import org.jspecify.annotations.NullMarked;
