using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace AkkaKv.Ids;

/// <summary>
/// Ids within one process, for any number of threads: without a lock, without an allocation. At the end of a
/// millisecond's sequence it spins until the clock moves on.
/// </summary>
/// <remarks>
/// The whole state is one word, the last id's millisecond above and its sequence below, that moves by compare-and-swap under
/// the rules of <see cref="SnowflakeRules"/>. What is allowed is one immutable object, read after the state and before the swap:
/// a swap that succeeds proves that the state, and with it what was allowed when it was read, was still the newest. When the
/// worker changes, the old permission is withdrawn first, then the state is moved, so that who still holds the old one
/// fails, and only then the new one is given: ids strictly increase across it.
/// </remarks>
public sealed class SnowflakeSource
{
    private const long UnixEpochMillis = 62_135_596_800_000;

    /// <summary>A clock that stands still for so long is broken; waiting for one that went back comes on top.</summary>
    private static readonly TimeSpan StandstillMax = TimeSpan.FromSeconds(1);

    private static readonly Permit Withdrawn = new(0, new SnowflakeBounds(0, -1, -1), -1);

    private readonly SnowflakeSourceOptions _options;
    private readonly SnowflakeRules _rules;
    private readonly TimeProvider _clock;
    private readonly long _epochMillis;
    private readonly TimeSpan _waitMax;
    private readonly int _timeShift;
    private readonly int _sequenceBits;
    private readonly int _sequenceMax;
    private readonly Lock _permitting = new();
    private readonly MarkRaiser _raiser;
    private WorkerGrant _grant;
    private Permit _permit = Withdrawn;
    private PaddedState _state;
    private int _raising;

    /// <summary>Reads the mark and goes on beyond it.</summary>
    /// <exception cref="IdsUnavailableException">The grant does not fit the layout, or the mark is of another layout.</exception>
    public SnowflakeSource(SnowflakeSourceOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _rules = new SnowflakeRules(options.Layout, options.SequenceStart, options.RollbackWaitMillisMax);
        _clock = options.Clock;
        _epochMillis = options.Layout.EpochUnixMillis;
        _waitMax = StandstillMax + TimeSpan.FromMilliseconds(options.RollbackWaitMillisMax);
        _timeShift = options.Layout.WorkerBits;
        _sequenceBits = options.Layout.SequenceBits;
        _sequenceMax = options.Layout.SequenceMax;
        _raiser = new MarkRaiser(this);
        _grant = Fitting(options.Grant);
        _state.Value = Beyond(options.Mark.Read());
        Publish(_rules.MillisOf(_state.Value));
    }

    /// <summary>A warning from five years before the end of the layout's time on; else null.</summary>
    public string? HorizonWarning => IdWords.HorizonWarning(_options.Layout, _clock.GetUtcNow());

    /// <summary>The next id: greater than every one before it.</summary>
    /// <exception cref="IdsUnavailableException">The clock is too far behind, the grant does not cover the moment, or the mark can't be written.</exception>
    public long Next()
    {
        long waitingSince = 0;
        while (true)
        {
            // In this order: a state that moves after it was read fails the swap, so neither a permit nor a moment older
            // than the state can be used.
            long state = Volatile.Read(ref _state.Value);
            Permit permit = Volatile.Read(ref _permit);
            long now = NowMillis();
            SnowflakeStep step = _rules.Next(state, now, permit.Bounds, 1);
            if (step.Outcome == SnowflakeOutcome.Issued)
            {
                if (Interlocked.CompareExchange(ref _state.Value, step.State, state) != state)
                    continue;
                if (now >= permit.RaiseFromMillis)
                    RaiseSoon();
                return Compose(step.State, permit.Worker);
            }

            Wait(step, permit, ref waitingSince);
        }
    }

    /// <summary>Fills a span with increasing ids, many of a millisecond at a time.</summary>
    /// <exception cref="IdsUnavailableException">As of <see cref="Next()"/>; those that were made by then are lost.</exception>
    public void Next(Span<long> ids)
    {
        long waitingSince = 0;
        while (ids.Length > 0)
        {
            long state = Volatile.Read(ref _state.Value);
            Permit permit = Volatile.Read(ref _permit);
            long now = NowMillis();
            SnowflakeStep step = _rules.Next(state, now, permit.Bounds, ids.Length);
            if (step.Outcome != SnowflakeOutcome.Issued)
            {
                Wait(step, permit, ref waitingSince);
                continue;
            }

            if (Interlocked.CompareExchange(ref _state.Value, step.State, state) != state)
                continue;
            long last = Compose(step.State, permit.Worker);
            for (int i = 0; i < step.Count; i++)
                ids[i] = last - (step.Count - 1 - i);
            ids = ids[step.Count..];
            waitingSince = 0;
            if (now >= permit.RaiseFromMillis)
                RaiseSoon();
        }
    }

    /// <summary>From now on under this grant; the same worker with a later end, or another one.</summary>
    /// <exception cref="IdsUnavailableException">It does not fit the layout.</exception>
    public void Renew(WorkerGrant grant)
    {
        ArgumentNullException.ThrowIfNull(grant);
        lock (_permitting)
        {
            long mark = _permit.Bounds.MarkMillis;
            bool isOther = Fitting(grant).Worker != _grant.Worker;
            _grant = grant;
            if (isOther)
            {
                Volatile.Write(ref _permit, Withdrawn);
                Spend();
            }

            Publish(mark);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long NowMillis() => (_clock.GetUtcNow().UtcTicks / TimeSpan.TicksPerMillisecond) - UnixEpochMillis - _epochMillis;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private long Compose(long state, long worker) =>
        ((state & ~(long)_sequenceMax) << _timeShift) | worker | (state & _sequenceMax);

    // Moves the state in any case: a thread that still holds the old permit must fail.
    private void Spend()
    {
        while (true)
        {
            long state = Volatile.Read(ref _state.Value);
            long spent = _rules.Spent(_rules.MillisOf(state));
            if (spent == state)
                spent = _rules.Spent(_rules.MillisOf(state) + 1);
            if (Interlocked.CompareExchange(ref _state.Value, spent, state) == state)
                return;
        }
    }

    private void Wait(in SnowflakeStep step, Permit permit, ref long waitingSince)
    {
        if (waitingSince == 0)
            waitingSince = Stopwatch.GetTimestamp();
        bool isLong = Stopwatch.GetElapsedTime(waitingSince) > _waitMax;
        if (step.Outcome == SnowflakeOutcome.MarkReached && !isLong)
            RaiseNow(permit);
        else if (step.Outcome == SnowflakeOutcome.Wait && !isLong)
            Idle(step.Millis);
        else if (ReferenceEquals(permit, Withdrawn) && !isLong)
            Thread.SpinWait(16);
        else
            throw new IdsUnavailableException(RefusalOf(step));
    }

    // Sleeping wakes up late: only where there is time for it.
    private static void Idle(long millis)
    {
        if (millis > 2)
            Thread.Sleep((int)millis - 1);
        else
            Thread.SpinWait(8);
    }

    private IdRefusal RefusalOf(in SnowflakeStep step) => step.Outcome switch
    {
        SnowflakeOutcome.MarkReached => IdWords.Slow("The mark beyond the timestamps"),
        SnowflakeOutcome.Wait => new IdRefusal(
            IdRefusalKind.Clock, $"The wall clock must move on; it has not for {_waitMax.TotalMilliseconds:0} ms. Correct the clock.", IsRetryable: true),
        _ => IdWords.Of(step.Outcome, step.Millis, _options.Layout, _rules.MillisOf(Volatile.Read(ref _state.Value)) + _epochMillis, ""),
    };

    private void RaiseSoon()
    {
        if (Interlocked.CompareExchange(ref _raising, 1, 0) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(_raiser, preferLocal: false);
    }

    // What fails here is met again, and said, by whoever reaches the mark.
    private void RaiseQuietly()
    {
        try
        {
            Raise();
        }
        catch (Exception failure) when (failure is IOException or ObjectDisposedException)
        {
            Volatile.Write(ref _raising, 0);
        }
    }

    private void RaiseNow(Permit seen)
    {
        if (Interlocked.CompareExchange(ref _raising, 1, 0) != 0)
        {
            Thread.Sleep(0);
            return;
        }

        try
        {
            if (ReferenceEquals(Volatile.Read(ref _permit), seen))
                Raise();
            else
                Volatile.Write(ref _raising, 0);
        }
        catch (Exception cause) when (cause is IOException or ObjectDisposedException)
        {
            Volatile.Write(ref _raising, 0);
            throw new IdsUnavailableException(IdWords.StoreFailed("The mark beyond the timestamps"), cause);
        }
    }

    // Only by whoever has set _raising; it is given back here when the mark is durable.
    private void Raise()
    {
        long mark = NowMillis() + _options.MarkAheadMillis;
        _options.Mark.Write(new SnowflakeMark(_options.Layout, mark + _epochMillis));
        lock (_permitting)
            Publish(Math.Max(mark, _permit.Bounds.MarkMillis));
        Volatile.Write(ref _raising, 0);
    }

    private void Publish(long markMillis)
    {
        var bounds = new SnowflakeBounds(Since(_grant.FromMillis), Since(_grant.UntilMillis), markMillis);
        Volatile.Write(ref _permit, new Permit((long)_grant.Worker << _sequenceBits, bounds, markMillis - (_options.MarkAheadMillis / 2)));
    }

    private long Since(long unixMillis) => unixMillis > long.MaxValue / 2 ? unixMillis : unixMillis - _epochMillis;

    private long Beyond(SnowflakeMark? mark)
    {
        if (mark is null)
            return SnowflakeRules.Beginning;
        if (mark.Layout == _options.Layout)
            return _rules.Spent(mark.MarkUnixMillis - _epochMillis);
        throw new IdsUnavailableException(new IdRefusal(
            IdRefusalKind.NotSetUp, $"The layout of ids must stay what it was ({mark.Layout}); found {_options.Layout}. Another layout may make an id again: set the old one back.", IsRetryable: false));
    }

    private WorkerGrant Fitting(WorkerGrant grant) => grant.FaultFor(_options.Layout, grant.StoreId) is { } fault
        ? throw new IdsUnavailableException(new IdRefusal(IdRefusalKind.Grant, $"A worker number must be granted: {fault}.", IsRetryable: false))
        : grant;

    /// <summary>Made once: whoever takes an id allocates nothing even where the mark is raised behind it.</summary>
    private sealed class MarkRaiser(SnowflakeSource source) : IThreadPoolWorkItem
    {
        public void Execute() => source.RaiseQuietly();
    }

    /// <summary>What is allowed at present.</summary>
    /// <param name="worker">At its place within an id.</param>
    /// <param name="bounds">For which timestamps.</param>
    /// <param name="raiseFromMillis">From then on the mark is to be raised.</param>
    private sealed class Permit(long worker, SnowflakeBounds bounds, long raiseFromMillis)
    {
        public readonly long Worker = worker;
        public readonly SnowflakeBounds Bounds = bounds;
        public readonly long RaiseFromMillis = raiseFromMillis;
    }

    /// <summary>Alone on its cache lines: the fields that all threads only read are not taken away with each id.</summary>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Explicit, Size = 256)]
    private struct PaddedState
    {
        [System.Runtime.InteropServices.FieldOffset(128)]
        public long Value;
    }
}
