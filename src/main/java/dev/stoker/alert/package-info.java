/** Tells people and programs what is wrong: each thing once, and once more when it is over. */
@NullMarked
package dev.stoker.alert;

import org.jspecify.annotations.NullMarked;
