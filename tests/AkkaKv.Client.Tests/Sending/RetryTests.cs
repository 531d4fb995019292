using AkkaKv.Api;
using AkkaKv.Fakes;

namespace AkkaKv.Client.Tests.Sending;

/// <summary>What is sent again, what is not, and where to.</summary>
public sealed class RetryTests : IDisposable
{
    private static readonly RequestOptions Plain = RequestOptions.Default;
    private static readonly EntryKey Key = EntryKey.FromText("default", "k");
    private static readonly PutRequest Value = new("v"u8.ToArray());

    private readonly FakeStore _store = new();
    private readonly ClosedPort _closed = new();
    private readonly ShortTime _time = new();

    public void Dispose()
    {
        _store.Dispose();
        _closed.Dispose();
    }

    [Fact]
    public async Task A_write_goes_to_another_endpoint_when_a_connection_is_refused()
    {
        using var client = Client(options => options with { Endpoints = [_closed.Url, _store.Url] });

        var put = await client.PutAsync(Key, Value, Plain, CancellationToken.None);

        put.Error.ShouldBeNull();
        client.Retries.ShouldBe(1);
        _time.Pauses.ShouldBeEmpty("another endpoint was free, so there was nothing to wait for");
    }

    [Fact]
    public async Task An_endpoint_that_refused_rests_while_others_are_left()
    {
        using var client = Client(options => options with { Endpoints = [_closed.Url, _store.Url] });

        for (int call = 0; call < 6; call++)
            (await client.PutAsync(Key, Value, Plain, CancellationToken.None)).Error.ShouldBeNull();

        client.Retries.ShouldBe(1);
    }

    [Fact]
    public async Task When_nothing_takes_a_connection_it_ends_after_the_last_attempt_and_nothing_was_attempted()
    {
        using var client = Client(options => options with { Endpoints = [_closed.Url], AttemptsMax = 4 });

        var put = await client.PutAsync(Key, Value, Plain, CancellationToken.None);

        put.Error!.Outcome.ShouldBe(KvOutcome.NotAttempted);
        put.Error.Code.ShouldBe(KvErrorCode.NotReady);
        put.Error.Detail.ShouldContain("4 attempts");
        _time.Pauses.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_write_that_was_refused_before_it_was_sent_is_repeated()
    {
        int refusals = 2;
        _store.Before = _ => refusals-- > 0 ? FakeAnswer.Problem(503, "not-enough-replicas", "not-attempted", retryable: true) : null;
        using var client = Client();

        var put = await client.PutAsync(Key, Value, Plain, CancellationToken.None);

        put.Error.ShouldBeNull();
        client.Retries.ShouldBe(2);
        _store.Texts("/kv/default/k").Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_will_not_succeed_is_not_repeated()
    {
        _store.Before = _ => FakeAnswer.Problem(400, "invalid-quorum", "not-attempted", retryable: false);
        using var client = Client();

        var put = await client.PutAsync(Key, Value, Plain, CancellationToken.None);

        put.Error.ShouldBe(new KvError(KvErrorCode.InvalidQuorum, "said by the fake", KvOutcome.NotAttempted, false, 2, 1, put.Error!.Nodes));
        put.Error.Nodes.ShouldBe(["node-3"]);
        _store.Node.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_indeterminate_write_is_reported_and_not_repeated()
    {
        _store.Before = _ => FakeAnswer.Problem(503, "quorum-not-reached", "indeterminate", retryable: true);
        using var client = Client();

        var put = await client.PutAsync(Key, Value, Plain, CancellationToken.None);

        put.Error!.Outcome.ShouldBe(KvOutcome.Indeterminate);
        _store.Node.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_write_whose_connection_broke_is_indeterminate_and_not_repeated()
    {
        _store.After = _ => FakeAnswer.Abort;
        using var client = Client();

        var put = await client.PutAsync(Key, Value, Plain, CancellationToken.None);
        var deleted = await client.DeleteAsync(Key, null, Plain, CancellationToken.None);

        put.Error!.Outcome.ShouldBe(KvOutcome.Indeterminate);
        deleted.Error!.Outcome.ShouldBe(KvOutcome.Indeterminate);
        _store.Node.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_delete_on_a_pooled_connection_that_breaks_is_not_repeated_behind_our_back()
    {
        using var client = Client();
        await client.PutAsync(Key, Value, Plain, CancellationToken.None);
        _store.Before = request => request.Method == "DELETE" ? FakeAnswer.Abort : null;

        var deleted = await client.DeleteAsync(Key, null, Plain, CancellationToken.None);

        deleted.Error!.Outcome.ShouldBe(KvOutcome.Indeterminate);
        _store.Node.Requests.Count(each => each.Method == "DELETE").ShouldBe(1);
    }

    [Fact]
    public async Task An_indeterminate_write_is_repeated_when_the_caller_asks_for_it()
    {
        int refusals = 1;
        _store.Before = _ => refusals-- > 0 ? FakeAnswer.Problem(503, "quorum-not-reached", "indeterminate", retryable: true) : null;
        using var client = Client(options => options with { RetryIndeterminate = true });

        (await client.PutAsync(Key, Value, Plain, CancellationToken.None)).Error.ShouldBeNull();
    }

    [Fact]
    public async Task Once_an_attempt_was_indeterminate_so_is_the_call()
    {
        int attempt = 0;
        _store.Before = _ => ++attempt == 1
            ? FakeAnswer.Problem(503, "quorum-not-reached", "indeterminate", retryable: true)
            : FakeAnswer.Problem(503, "not-enough-replicas", "not-attempted", retryable: false);
        using var client = Client(options => options with { RetryIndeterminate = true });

        var put = await client.PutAsync(Key, Value, Plain, CancellationToken.None);

        put.Error!.Code.ShouldBe(KvErrorCode.NotEnoughReplicas);
        put.Error.Outcome.ShouldBe(KvOutcome.Indeterminate);
    }

    [Fact]
    public async Task Replace_repeats_an_unknown_write_with_a_fresh_context_and_leaves_no_sibling()
    {
        int breaks = 2;
        _store.After = request => request.Method == "PUT" && breaks-- > 0 ? FakeAnswer.Abort : null;
        using var client = Client(options => options with { RetryIndeterminate = true });

        var put = await client.ReplaceAsync(Key, Value, Plain, CancellationToken.None);

        put.Error.ShouldBeNull();
        put.Siblings.ShouldBe(1);
        _store.Texts("/kv/default/k").ShouldBe(["v"]);
        _store.Node.Requests.Select(each => each.Method).ShouldBe(["HEAD", "PUT", "HEAD", "PUT", "HEAD", "PUT"]);
        client.Retries.ShouldBe(2);
    }

    [Fact]
    public async Task Replace_does_not_repeat_an_unknown_write_unasked()
    {
        _store.After = request => request.Method == "PUT" ? FakeAnswer.Abort : null;
        using var client = Client();

        (await client.ReplaceAsync(Key, Value, Plain, CancellationToken.None)).Error!.Outcome.ShouldBe(KvOutcome.Indeterminate);
        _store.Node.Requests.Count(each => each.Method == "PUT").ShouldBe(1);
    }

    [Fact]
    public async Task A_read_is_repeated_after_a_broken_connection()
    {
        int breaks = 2;
        _store.Before = _ => breaks-- > 0 ? FakeAnswer.Abort : null;
        using var client = Client();

        (await client.GetAsync(Key, Plain, CancellationToken.None)).Error.ShouldBeNull();
    }

    [Fact]
    public async Task A_read_without_an_answer_is_repeated_at_another_endpoint_when_its_time_is_up()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var silent = new FakeNode(_ =>
        {
            asked.TrySetResult();
            return FakeAnswer.Hang;
        });
        using var client = Client(options => options with { Endpoints = [silent.Url, _store.Url] });

        var get = client.GetAsync(Key, Plain, CancellationToken.None).AsTask();
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(3));

        (await get).Error.ShouldBeNull();
    }

    [Fact]
    public async Task A_write_without_an_answer_ends_as_indeterminate_when_its_time_is_up()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var silent = new FakeNode(_ =>
        {
            asked.TrySetResult();
            return FakeAnswer.Hang;
        });
        using var client = Client(options => options with { Endpoints = [silent.Url, _store.Url] });

        var put = client.PutAsync(Key, Value, Plain, CancellationToken.None).AsTask();
        await asked.Task;
        _time.Advance(TimeSpan.FromSeconds(3));

        (await put).Error!.Outcome.ShouldBe(KvOutcome.Indeterminate);
        _store.Node.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_deadline_bounds_all_attempts_together()
    {
        _store.Before = _ => FakeAnswer.Problem(503, "busy", "not-attempted", retryable: true);
        using var client = Client(options => options with { AttemptsMax = 1000, Deadline = TimeSpan.FromSeconds(4) });

        var put = await client.PutAsync(Key, Value, Plain, CancellationToken.None);

        put.Error!.Code.ShouldBe(KvErrorCode.Busy);
        TimeSpan.FromTicks(_time.Pauses.Sum(each => each.Ticks)).ShouldBeLessThan(TimeSpan.FromSeconds(4));
        _store.Node.Requests.Count.ShouldBeInRange(3, 40);
    }

    [Fact]
    public async Task Pauses_grow_with_jitter_and_stay_bounded()
    {
        _store.Before = _ => FakeAnswer.Problem(503, "busy", "not-attempted", retryable: true);
        using var client = Client(options => options with { AttemptsMax = 9, BackoffMin = TimeSpan.FromMilliseconds(40), BackoffMax = TimeSpan.FromMilliseconds(400) });

        await client.PutAsync(Key, Value, Plain, CancellationToken.None);

        double[] ceilings = [40, 80, 160, 320, 400, 400, 400, 400];
        _time.Pauses.Count.ShouldBe(ceilings.Length);
        for (int at = 0; at < ceilings.Length; at++)
            _time.Pauses[at].TotalMilliseconds.ShouldBeInRange(ceilings[at] / 2, ceilings[at]);
    }

    [Fact]
    public async Task Retry_after_is_kept_and_past_the_deadline_ends_the_call()
    {
        _store.Before = _ => FakeAnswer.Problem(429, "busy", "not-attempted", retryable: true, ("Retry-After", "60"));
        using var client = Client();

        var put = await client.PutAsync(Key, Value, Plain, CancellationToken.None);

        put.Error!.Code.ShouldBe(KvErrorCode.Busy);
        _store.Node.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Calls_start_at_the_endpoints_in_turn()
    {
        using var second = new FakeStore();
        using var client = Client(options => options with { Endpoints = [_store.Url, second.Url] });

        for (int call = 0; call < 8; call++)
            await client.GetAsync(Key, Plain, CancellationToken.None);

        _store.Node.Requests.Count.ShouldBe(4);
        second.Node.Requests.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_foreign_5xx_leaves_a_write_unknown_and_a_read_repeatable()
    {
        _store.Before = _ => new FakeAnswer(502, "bad gateway"u8.ToArray(), ("Content-Type", "text/plain"));
        using var client = Client(options => options with { AttemptsMax = 2 });

        var put = await client.PutAsync(Key, Value, Plain, CancellationToken.None);
        var get = await client.GetAsync(Key, Plain, CancellationToken.None);

        put.Error!.Outcome.ShouldBe(KvOutcome.Indeterminate);
        get.Error!.Outcome.ShouldBe(KvOutcome.NotAttempted);
        _store.Node.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_cancelled_call_throws()
    {
        using var stop = new CancellationTokenSource();
        using var silent = new FakeNode(_ =>
        {
            stop.Cancel();
            return FakeAnswer.Hang;
        });
        using var client = Client(options => options with { Endpoints = [silent.Url] });

        await Should.ThrowAsync<OperationCanceledException>(() => client.GetAsync(Key, Plain, stop.Token).AsTask());
    }

    private AkkaKvClient Client(Func<AkkaKvClientOptions, AkkaKvClientOptions>? adjust = null)
    {
        var options = new AkkaKvClientOptions { Endpoints = [_store.Url] };
        return new AkkaKvClient(adjust is null ? options : adjust(options), _time, new Random(7));
    }
}
