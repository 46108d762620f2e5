/** Stoker as a service of systemd. */
@NullMarked
package dev.stoker.service;

import org.jspecify.annotations.NullMarked;
