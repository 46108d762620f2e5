package dev.stoker.gpu;

import dev.stoker.base.Reading;

/**
 * A figure that only some boards have: the power of a rail, the temperature of a zone. Immutable.
 *
 * @param name the maker's own, cleaned, such as {@code VDD_GPU} or {@code tj}
 * @param unit what the value is in
 * @param value or why there is none; a sensor that is switched off says so
 */
public record GpuSensor(String name, GpuUnit unit, Reading<Double> value) {}
