package dev.stoker.plan.speed;

/**
 * What answers cost.
 *
 * @param perMonth of a machine that is always on, or of its power
 * @param perMillionTokens of answers, at full use by so many requests as the rate is of; the band
 *     follows that of the rate
 * @param because from what it follows, a phrase
 */
public record Cost(double perMonth, Band perMillionTokens, String because) {

    /**
     * Returns the cost of tokens at a rate.
     *
     * @param rate tokens a second of all requests together
     * @param watts drawn under load; only a price of power needs it
     * @param use share of the time in which it answers, above 0 and at most 1. A machine is paid
     *     for all the time; for power, the rest of the time counts as nothing.
     */
    public static Cost of(Price price, Band rate, double watts, double use) {
        if (!(use > 0 && use <= 1)) {
            throw new IllegalArgumentException("use must be above 0 and at most 1: " + use);
        }
        boolean power = price.per() == Price.Per.KILOWATT_HOUR;
        double hourly = price.hourly(watts);
        double busy = power ? 1 : use;
        double perMonth = hourly * Price.HOURS_A_MONTH * (power ? use : 1);
        return new Cost(
                perMonth,
                new Band(
                        million(hourly, rate.expected(), busy),
                        million(hourly, rate.high(), busy),
                        million(hourly, rate.low(), busy)),
                power
                        ? Math.round(watts) + " W at " + price.shown(price.amount()) + " a kWh"
                        : price.shown(hourly) + " an hour");
    }

    private static double million(double hourly, double rate, double use) {
        return rate > 0 ? hourly / (3600 * rate * use) * 1e6 : Double.POSITIVE_INFINITY;
    }
}
