package dev.stoker.host;

import dev.stoker.base.Reading;

/**
 * What a network interface did between two samples. Immutable.
 *
 * @param name the kernel's, such as {@code eth0}
 * @param received bytes a second
 * @param sent bytes a second
 */
public record NetworkUse(String name, Reading<Double> received, Reading<Double> sent) {}
