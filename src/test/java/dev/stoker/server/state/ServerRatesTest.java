package dev.stoker.server.state;

import static dev.stoker.server.state.States.at;
import static dev.stoker.server.state.States.counters;
import static dev.stoker.server.state.States.model;
import static dev.stoker.server.state.States.none;
import static dev.stoker.server.state.States.slot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.stoker.base.Reading;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Map;

class ServerRatesTest {

    @Test
    void counters_betweenTwoSamples_giveRatesOfTheInterval() {
        Rates rates =
                ServerRates.between(
                                at(
                                        10,
                                        counters(
                                                "a",
                                                Map.of(
                                                        Counter.GENERATED_TOKENS, 100.0,
                                                        Counter.PROMPT_TOKENS, 1000.0,
                                                        Counter.FINISHED_REQUESTS, 5.0,
                                                        Counter.TTFT_SECONDS, 3.0,
                                                        Counter.TTFT_COUNT, 5.0,
                                                        Counter.PREFIX_CACHE_QUERIES, 1000.0,
                                                        Counter.PREFIX_CACHE_HITS, 0.0))),
                                at(
                                        14,
                                        counters(
                                                "a",
                                                Map.of(
                                                        Counter.GENERATED_TOKENS, 300.0,
                                                        Counter.PROMPT_TOKENS, 1400.0,
                                                        Counter.FINISHED_REQUESTS, 7.0,
                                                        Counter.TTFT_SECONDS, 3.5,
                                                        Counter.TTFT_COUNT, 7.0,
                                                        Counter.PREFIX_CACHE_QUERIES, 1400.0,
                                                        Counter.PREFIX_CACHE_HITS, 100.0))))
                        .all();
        assertThat(rates.generatedTokens()).isEqualTo(Reading.known(new Pace(50, false)));
        assertThat(rates.promptTokens().value()).isEqualTo(100);
        assertThat(rates.finishedRequests().value()).isEqualTo(0.5);
        assertThat(rates.meanTtft().value()).isEqualTo(Duration.ofMillis(250));
        assertThat(rates.prefixHitRate().value()).isEqualTo(0.25);
        assertThat(rates.preemptions().reason()).isEqualTo("not counted");
        assertThat(rates.draftAcceptance().isKnown()).isFalse();
    }

    @Test
    void means_ofAnIntervalWithoutRequests_areUnknownNotZero() {
        Counters same =
                counters(
                        "",
                        Map.of(
                                Counter.GENERATED_TOKENS, 100.0,
                                Counter.TTFT_SECONDS, 3.0,
                                Counter.TTFT_COUNT, 5.0));
        Rates rates = ServerRates.between(at(1, same), at(2, same)).all();
        assertThat(rates.generatedTokens().value().perSecond()).isZero();
        assertThat(rates.meanTtft().reason()).contains("no request");
    }

    @Test
    void counters_ofARestartedServer_areUnknownAlsoWhereOneHasOvertakenItsOldValue() {
        Rates rates =
                ServerRates.between(
                                at(
                                        1,
                                        counters(
                                                "",
                                                Map.of(
                                                        Counter.GENERATED_TOKENS, 100.0,
                                                        Counter.FINISHED_REQUESTS, 5.0))),
                                at(
                                        2,
                                        counters(
                                                "",
                                                Map.of(
                                                        Counter.GENERATED_TOKENS, 150.0,
                                                        Counter.FINISHED_REQUESTS, 1.0))))
                        .all();
        assertThat(rates.generatedTokens().reason()).contains("anew");
        assertThat(rates.finishedRequests().reason()).contains("anew");
    }

    @Test
    void counters_withAnotherMarkOfLife_areUnknown() {
        Rates rates =
                ServerRates.between(
                                at(1, counters("1", Map.of(Counter.GENERATED_TOKENS, 100.0))),
                                at(2, counters("2", Map.of(Counter.GENERATED_TOKENS, 150.0))))
                        .all();
        assertThat(rates.generatedTokens().isKnown()).isFalse();
    }

    @Test
    void samples_ofOneMoment_giveNothing() {
        ServerState one = at(1, counters("", Map.of(Counter.GENERATED_TOKENS, 100.0)));
        assertThat(ServerRates.between(one, one).all().generatedTokens().isKnown()).isFalse();
    }

    @Test
    void slots_ofRequestsThatRunOn_countExactly() {
        Rates rates =
                ServerRates.between(
                                at(
                                        1,
                                        none(),
                                        model(
                                                "m",
                                                none(),
                                                slot(0, true, 7, 10),
                                                slot(1, false, -1, 0))),
                                at(
                                        3,
                                        none(),
                                        model(
                                                "m",
                                                none(),
                                                slot(0, true, 7, 50),
                                                slot(1, false, -1, 0))))
                        .all();
        assertThat(rates.generatedTokens()).isEqualTo(Reading.known(new Pace(20, false)));
    }

    @Test
    void slots_whoseRequestEnded_countFromBelow() {
        ServerState before = at(1, none(), model("m", none(), slot(0, true, 7, 10)));
        assertThat(
                        ServerRates.between(
                                        before,
                                        at(2, none(), model("m", none(), slot(0, true, 9, 4))))
                                .all()
                                .generatedTokens())
                .isEqualTo(Reading.known(new Pace(4, true)));
        assertThat(
                        ServerRates.between(
                                        before,
                                        at(2, none(), model("m", none(), slot(0, false, 7, 0))))
                                .all()
                                .generatedTokens())
                .isEqualTo(Reading.known(new Pace(0, true)));
    }

    @Test
    void slots_idleWithAnotherTaskThanBefore_haveSeenOneInBetween() {
        Reading<Pace> pace =
                ServerRates.between(
                                at(1, none(), model("m", none(), slot(0, false, 7, 0))),
                                at(2, none(), model("m", none(), slot(0, false, 8, 0))))
                        .all()
                        .generatedTokens();
        assertThat(pace.value().atLeast()).isTrue();
    }

    @Test
    void models_withCountersOfTheirOwn_addUp() {
        ServerRates rates =
                ServerRates.between(
                        at(
                                0,
                                none(),
                                model("a", counters("1", Map.of(Counter.GENERATED_TOKENS, 10.0))),
                                model("b", counters("2", Map.of(Counter.GENERATED_TOKENS, 10.0)))),
                        at(
                                1,
                                none(),
                                model("a", counters("1", Map.of(Counter.GENERATED_TOKENS, 30.0))),
                                model("b", counters("2", Map.of(Counter.GENERATED_TOKENS, 15.0)))));
        assertThat(rates.all().generatedTokens()).isEqualTo(Reading.known(new Pace(25, false)));
        assertThat(rates.models().get("b").generatedTokens().value().perSecond()).isEqualTo(5);
    }

    @Test
    void models_thatCome_makeTheSumALowerBound() {
        ServerRates rates =
                ServerRates.between(
                        at(0, none(), model("a", none(), slot(0, true, 1, 5))),
                        at(
                                1,
                                none(),
                                model("a", none(), slot(0, true, 1, 9)),
                                model("b", none(), slot(0, true, 1, 9))));
        assertThat(rates.all().generatedTokens()).isEqualTo(Reading.known(new Pace(4, true)));
        assertThat(rates.models()).containsOnlyKeys("a");
    }

    @Property
    void totals_ofAServerThatRestartsAtWill_neverFall(
            @ForAll @Size(max = 40) List<@IntRange(max = 50) Integer> steps) {
        MonotoneTotals totals = new MonotoneTotals();
        double value = 0;
        double counted = 0;
        double last = 0;
        int life = 0;
        for (int step : steps) {
            if (step == 0) {
                value = 0;
                life++;
            } else if (step % 7 == 0) {
                totals.add(at(1, none()));
            } else {
                value += step;
                counted += step;
                totals.add(
                        at(
                                1,
                                counters(
                                        Integer.toString(life),
                                        Map.of(Counter.GENERATED_TOKENS, value))));
            }
            double now = totals.ofServer().getOrDefault(Counter.GENERATED_TOKENS, 0.0);
            assertThat(now).isGreaterThanOrEqualTo(last);
            last = now;
        }
        assertThat(last).isEqualTo(counted);
    }

    @Test
    void totals_withoutAMarkOfLife_carryOnWhenTheCounterFalls() {
        MonotoneTotals totals = new MonotoneTotals();
        for (double value : new double[] {100, 150, 20, 30}) {
            totals.add(at(1, counters("", Map.of(Counter.GENERATED_TOKENS, value))));
        }
        assertThat(totals.ofServer()).containsEntry(Counter.GENERATED_TOKENS, 180.0);
        assertThat(totals.ofServer()).doesNotContainKey(Counter.PREEMPTIONS);
    }

    @Test
    void totals_ofAModelThatWasUnloaded_carryOnWhenItIsBack() {
        MonotoneTotals totals = new MonotoneTotals();
        totals.add(
                at(1, none(), model("a", counters("1", Map.of(Counter.GENERATED_TOKENS, 10.0)))));
        totals.add(at(2, none()));
        assertThat(totals.ofModels()).containsKey("a");
        totals.add(
                at(3, none(), model("a", counters("2", Map.of(Counter.GENERATED_TOKENS, 40.0)))));
        assertThat(totals.ofModels().get("a")).containsEntry(Counter.GENERATED_TOKENS, 50.0);
    }
}
