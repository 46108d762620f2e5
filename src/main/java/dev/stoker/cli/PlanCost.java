package dev.stoker.cli;

import dev.stoker.base.UserError;
import dev.stoker.plan.ModelPlan;
import dev.stoker.plan.device.ComputeDevice;
import dev.stoker.plan.speed.Cost;
import dev.stoker.plan.speed.Price;

import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Option;

import java.util.Optional;

/** The options that say what the machine costs, and the cost that follows. Filled by picocli. */
final class PlanCost {
    @Option(
            names = "--price",
            paramLabel = "PRICE",
            description =
                    "What the machine costs (725/month, 1.21/hour) or its power (0.32/kWh): adds"
                            + " the cost of tokens.")
    private @Nullable String price;

    @Option(
            names = "--use",
            paramLabel = "SHARE",
            description = "Share of the time in which it answers, for the cost. Default: 1.")
    private @Nullable Double use;

    @Option(
            names = "--watts",
            paramLabel = "W",
            description = "Power under load, for a price a kWh. Default: as the GPUs are sold.")
    private @Nullable Double watts;

    /** Returns whether a cost is asked for. */
    boolean isAny() {
        return price != null;
    }

    /**
     * @throws UserError for values that are none, or that nothing would use
     */
    void check() {
        if (price == null && (use != null || watts != null)) {
            throw UserError.wrongUse(
                    "--use and --watts are for the cost, and no price was given.",
                    "Add one, such as --price 725/month.");
        }
        if (use != null && !(use > 0 && use <= 1)) {
            throw UserError.wrongUse("Expected a share above 0 and up to 1 for --use.", "");
        }
        paid();
    }

    private Optional<Price> paid() {
        return Optional.ofNullable(price).map(Price::parse);
    }

    /**
     * Returns what a plan's tokens cost; empty where no price was given, or it does not fit.
     *
     * @throws UserError where the price is one a kWh and the power is not known
     */
    Optional<Cost> of(ModelPlan plan) {
        return paid().flatMap(p -> {
            double drawn =
                    watts != null
                            ? watts
                            : plan.devices().stream().mapToDouble(ComputeDevice::watts).sum();
            if (p.per() == Price.Per.KILOWATT_HOUR && drawn <= 0) {
                throw UserError.wrongUse(
                        "A price a kWh needs the power, and this machine's is not known.",
                        "Tell it: --watts 250.");
            }
            double share = use == null ? 1 : use;
            return plan.speed().map(speed -> Cost.of(p, speed.decode(), drawn, share));
        });
    }

    /** Returns a cost in a sentence. */
    String shown(Cost cost) {
        Price p = paid().orElseThrow();
        return "Cost: "
                + p.shown(cost.perMonth())
                + " a month; "
                + p.shown(cost.perMillionTokens().expected())
                + " ("
                + p.shown(cost.perMillionTokens().low())
                + " to "
                + p.shown(cost.perMillionTokens().high())
                + ") a million tokens of answers, one request at a time; "
                + cost.because()
                + ".";
    }
}
