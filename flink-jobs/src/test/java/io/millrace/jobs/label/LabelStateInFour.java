package io.millrace.jobs.label;

import io.millrace.jobs.wire.ExampleSerializer;
import io.millrace.model.example.Example;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** The state that the label join left after 0.1.0, until it was one record; without its output. */
final class LabelStateInFour
        extends KeyedProcessFunction<String, LabelEvent<Example>, LabelOutcome<Example>> {

    private static final long serialVersionUID = 1L;

    private final long window;
    private final long lateWindow;
    private transient ValueState<Example> impressions;
    private transient ValueState<Clicked> clicks;
    private transient ListState<Clicked> moreClicks;
    private transient ValueState<Byte> said;

    LabelStateInFour(long window, long lateWindow) {
        this.window = window;
        this.lateWindow = lateWindow;
    }

    @Override
    public void open(OpenContext context) {
        var runtime = getRuntimeContext();
        impressions =
                runtime.getState(new ValueStateDescriptor<>("impression", ExampleSerializer.TYPE));
        clicks = runtime.getState(new ValueStateDescriptor<>("click", ClickedSerializer.TYPE));
        moreClicks =
                runtime.getListState(
                        new ListStateDescriptor<>("more-clicks", ClickedSerializer.TYPE));
        said = runtime.getState(new ValueStateDescriptor<>("said", Types.BYTE));
    }

    @Override
    public void processElement(
            LabelEvent<Example> event, Context context, Collector<LabelOutcome<Example>> out)
            throws Exception {
        if (event instanceof LabelEvent.Impressed<Example> impressed) {
            Example example = impressed.example();
            impressions.update(example);
            context.timerService().registerEventTimeTimer(example.eventTime() + window);
        } else if (event instanceof LabelEvent.OfClick<Example> click) {
            click(click.click(), context);
        }
    }

    private void click(Clicked click, Context context) throws Exception {
        Example impression = impressions.value();
        if (impression == null) {
            if (clicks.value() == null) {
                clicks.update(click);
            } else {
                moreClicks.add(click);
            }
            context.timerService().registerEventTimeTimer(click.time() + lateWindow);
        } else if (click.time() <= impression.eventTime() + window) {
            said.update(Said.POSITIVE.code());
        } else {
            clicks.update(click);
            said.update(Said.LATE_CLICK_WAITS.code());
        }
    }

    /** Of an impression that is not clicked. */
    @Override
    public void onTimer(long time, OnTimerContext context, Collector<LabelOutcome<Example>> out)
            throws Exception {
        said.update(Said.NEGATIVE.code());
        context.timerService().registerEventTimeTimer(impressions.value().eventTime() + lateWindow);
    }
}
