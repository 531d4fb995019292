using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>Ids made at once.</summary>
/// <param name="Outcome">See <see cref="SnowflakeOutcome"/>.</param>
/// <param name="Range">The ids; empty unless some were made.</param>
/// <param name="Millis">See the outcomes.</param>
public readonly record struct SnowflakeBlock(SnowflakeOutcome Outcome, IdRange Range, long Millis);

/// <summary>
/// One node's ids, for one caller at a time. Strictly increasing across grants, workers and rollbacks of the clock; never
/// beyond the grant, nor beyond the mark that the caller has made durable.
/// </summary>
public sealed class SnowflakeGenerator(SnowflakeRules rules)
{
    private readonly long _epoch = rules.Layout.EpochUnixMillis;
    private long _state = SnowflakeRules.Beginning;
    private int _worker;
    private SnowflakeBounds _bounds = new(0, -1, -1);

    /// <summary>Up to here the mark is durable, in milliseconds since 1970.</summary>
    public long MarkUnixMillis => _bounds.MarkMillis + _epoch;

    /// <summary>After a restart: whatever was made before may reach up to the mark, so what comes lies beyond it.</summary>
    /// <param name="markUnixMillis">The durable mark, in milliseconds since 1970.</param>
    public void StartBeyond(long markUnixMillis)
    {
        Invariant.Require(_state == SnowflakeRules.Beginning, "a generator starts beyond its mark before its first id", _state);
        _state = rules.Spent(Math.Max(markUnixMillis - _epoch, -1));
        RaiseMark(markUnixMillis);
    }

    /// <summary>From now on under this grant. With another worker only in another millisecond: ids are ordered by worker within one.</summary>
    public void Hold(WorkerGrant grant)
    {
        if (grant.Worker != _worker)
            _state = rules.Spent(rules.MillisOf(_state));
        _worker = grant.Worker;
        _bounds = _bounds with { FromMillis = Since(grant.FromMillis), UntilMillis = Since(grant.UntilMillis) };
    }

    /// <summary>Says that a mark is durable.</summary>
    /// <param name="markUnixMillis">Milliseconds since 1970.</param>
    public void RaiseMark(long markUnixMillis) => _bounds = _bounds with { MarkMillis = Math.Max(_bounds.MarkMillis, markUnixMillis - _epoch) };

    /// <summary>Makes up to <paramref name="count"/> ids of the present millisecond.</summary>
    /// <param name="nowUnixMillis">The wall clock, in milliseconds since 1970.</param>
    public SnowflakeBlock Take(long nowUnixMillis, int count)
    {
        SnowflakeStep step = rules.Next(_state, nowUnixMillis - _epoch, _bounds, count);
        if (step.Outcome != SnowflakeOutcome.Issued)
            return new SnowflakeBlock(step.Outcome, default, step.Millis);
        _state = step.State;
        int first = rules.SequenceOf(_state) - step.Count + 1;
        long id = rules.Layout.Compose(rules.MillisOf(_state), _worker, first);
        return new SnowflakeBlock(SnowflakeOutcome.Issued, new IdRange(id, step.Count, 1), 0);
    }

    // The ends of a grant may be as far away as numbers reach.
    private long Since(long unixMillis) => unixMillis > long.MaxValue / 2 ? unixMillis : unixMillis - _epoch;
}
