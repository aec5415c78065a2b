package io.millrace.jobs.label;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.jspecify.annotations.Nullable;

/**
 * What the label join knows of the impression id at hand: first the clicks that came before their
 * impression; then the impression, what has been said of its label, and a late click while that is
 * nothing.
 */
final class ImpressionState<E> {

    private final ValueState<E> impression;

    /**
     * The first click to come before its impression; or, once that has come, the earliest late
     * click while the window goes on. State of version 0.1.0, which has no {@link #said}: the click
     * that made the positive.
     */
    private final ValueState<Clicked> click;

    /** More clicks that came before their impression. */
    private final ListState<Clicked> moreClicks;

    private final ValueState<Byte> said;

    private ImpressionState(
            ValueState<E> impression,
            ValueState<Clicked> click,
            ListState<Clicked> moreClicks,
            ValueState<Byte> said) {
        this.impression = impression;
        this.click = click;
        this.moreClicks = moreClicks;
        this.said = said;
    }

    static <E> ImpressionState<E> of(RuntimeContext runtime, TypeInformation<E> type) {
        return new ImpressionState<>(
                runtime.getState(new ValueStateDescriptor<>("impression", type)),
                runtime.getState(new ValueStateDescriptor<>("click", ClickedSerializer.TYPE)),
                runtime.getListState(
                        new ListStateDescriptor<>("more-clicks", ClickedSerializer.TYPE)),
                runtime.getState(new ValueStateDescriptor<>("said", Types.BYTE)));
    }

    // -- clicks before the impression

    /** In the order of event time. */
    List<Clicked> earlyClicks() throws Exception {
        Clicked first = click.value();
        if (first == null) {
            return List.of();
        }
        List<Clicked> clicks = new ArrayList<>();
        clicks.add(first);
        moreClicks.get().forEach(clicks::add);
        clicks.sort(Comparator.comparingLong(Clicked::time));
        return clicks;
    }

    void addEarlyClick(Clicked clicked, boolean isFirst) throws Exception {
        if (isFirst) {
            click.update(clicked);
        } else {
            moreClicks.add(clicked);
        }
    }

    /** In the order of event time; none are left. */
    List<Clicked> takeEarlyClicks() throws Exception {
        List<Clicked> clicks = earlyClicks();
        if (!clicks.isEmpty()) {
            click.clear();
        }
        if (clicks.size() > 1) {
            moreClicks.clear();
        }
        return clicks;
    }

    // -- the impression

    @Nullable E impression() throws Exception {
        return impression.value();
    }

    void keep(E shown) throws Exception {
        impression.update(shown);
    }

    Said said() throws Exception {
        Byte code = said.value();
        if (code != null) {
            return Said.of(code);
        }
        return click.value() == null ? Said.NOTHING : Said.POSITIVE;
    }

    void say(Said now) throws Exception {
        said.update(now.code());
    }

    @Nullable Clicked lateClick() throws Exception {
        return click.value();
    }

    void keepLateClick(Clicked clicked) throws Exception {
        click.update(clicked);
        say(Said.LATE_CLICK_WAITS);
    }

    void dropLateClick() throws Exception {
        click.clear();
    }

    /** Nothing is left of an id whose impression has come. */
    void forget() throws Exception {
        impression.clear();
        click.clear();
        said.clear();
    }
}
