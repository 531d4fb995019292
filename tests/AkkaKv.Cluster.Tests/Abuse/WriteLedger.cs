using System.Collections.Concurrent;

namespace AkkaKv.Cluster.Tests.Abuse;

/// <summary>What the client was told of a write.</summary>
internal enum WriteOutcome
{
    /// <summary>Sent, and not yet answered; or the connection broke, or the answer said so.</summary>
    Unknown,

    Acknowledged,

    /// <summary>Refused: it may never appear.</summary>
    NotAttempted,
}

/// <summary>A write as its client knows it. Each value is written once, so that a value names its write.</summary>
/// <param name="Covers">The values that the client had seen when it got the context it sends.</param>
internal sealed record LedgerWrite(string Key, string Value, bool IsDelete, IReadOnlySet<string> Covers)
{
    public WriteOutcome Outcome { get; set; }
}

/// <summary>
/// The dumb twin of the store: every write of every client, and what each had seen. It knows nothing of dots and vectors,
/// and says what a set of siblings may and may not hold.
/// </summary>
internal sealed class WriteLedger
{
    private readonly ConcurrentDictionary<string, LedgerWrite> _writes = new(StringComparer.Ordinal);

    /// <summary>By value: the writes whose client had seen it.</summary>
    private readonly ConcurrentDictionary<string, ConcurrentBag<LedgerWrite>> _coverers = new(StringComparer.Ordinal);

    public IEnumerable<LedgerWrite> All => _writes.Values;

    /// <summary>Enters a write before it is sent.</summary>
    public LedgerWrite Begin(LedgerWrite write)
    {
        _writes.TryAdd(write.Value, write).ShouldBeTrue("each value is written once");
        foreach (string covered in write.Covers)
            _coverers.GetOrAdd(covered, static _ => []).Add(write);
        return write;
    }

    /// <summary>What is wrong with what one read returned, at any time.</summary>
    public IEnumerable<string> ErrorsOfRead(string key, IReadOnlyCollection<string> values)
    {
        foreach (string value in values)
        {
            if (!_writes.TryGetValue(value, out var write) || write.Key != key || write.IsDelete)
                yield return $"{key}: {value} was never written there";
            else if (write.Outcome == WriteOutcome.NotAttempted)
                yield return $"{key}: {value} was refused, and appears";
            else if (write.Covers.FirstOrDefault(values.Contains) is { } covered)
                yield return $"{key}: {value} is returned together with {covered}, which it replaced";
        }

        if (values.Distinct(StringComparer.Ordinal).Count() != values.Count)
            yield return $"{key}: a value is returned twice: {string.Join(' ', values)}";
    }

    /// <summary>Whether a value that was acknowledged may be missing from a read: only when a write that may have happened had seen it.</summary>
    public bool MayBeGone(string value) =>
        _coverers.TryGetValue(value, out var coverers) && coverers.Any(write => write.Outcome != WriteOutcome.NotAttempted);

    /// <summary>What is wrong with the last state of a key, when nothing is under way.</summary>
    public IEnumerable<string> ErrorsOfEnd(string key, IReadOnlyCollection<string> values)
    {
        foreach (var write in All.Where(write => write.Key == key && write is { Outcome: WriteOutcome.Acknowledged, IsDelete: false }))
        {
            if (!values.Contains(write.Value) && !MayBeGone(write.Value))
                yield return $"{key}: {write.Value} was acknowledged and nobody replaced it; it is lost";
        }

        foreach (string value in values)
        {
            if (_coverers.TryGetValue(value, out var coverers) && coverers.FirstOrDefault(write => write.Outcome == WriteOutcome.Acknowledged) is { } replaced)
                yield return $"{key}: {value} was replaced by {replaced.Value}, which was acknowledged, and is back";
        }
    }
}
