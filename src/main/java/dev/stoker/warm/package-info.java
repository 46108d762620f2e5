/**
 * Keeps a chosen set of models ready: desired set and observed state go into one pure decision,
 * whose actions are carried out behind an interface.
 */
@NullMarked
package dev.stoker.warm;

import org.jspecify.annotations.NullMarked;
