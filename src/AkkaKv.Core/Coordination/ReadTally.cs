using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Coordination;

/// <summary>
/// Counts the answers of one read and merges what they hold. Knows quorums, no messages.
/// </summary>
/// <remarks>
/// Replicas that agree send equal bytes (the encoding is canonical), so in the common case one object is decoded and
/// nothing is merged.
/// </remarks>
public sealed class ReadTally(int needed, int asked)
{
    private readonly Answer[] _answers = new Answer[asked];
    private SiblingSet _merged = SiblingSet.Empty;
    private ReadOnlyMemory<byte> _mergedBytes;
    private bool _hasAnswer;

    private enum Answer : byte
    {
        None = 0,
        Same = 1,
        Failed = 2,
        Corrupt = 3,
        Behind = 4,
    }

    /// <summary>Replicas that answered with what they hold.</summary>
    public int Got { get; private set; }

    /// <summary>Replicas that answered that they cannot.</summary>
    public int Failed { get; private set; }

    public bool IsReached => Got >= needed;

    /// <summary>Too few are left to reach the quorum.</summary>
    public bool IsHopeless => asked - Failed < needed;

    public bool IsComplete => Got + Failed == asked;

    /// <summary>What all answers so far amount to.</summary>
    public SiblingSet Merged => _merged;

    /// <summary>The canonical bytes of <see cref="Merged"/>.</summary>
    public ReadOnlyMemory<byte> MergedBytes => _mergedBytes;

    /// <summary>True when at least one answer or object did not check out.</summary>
    public bool SawCorruption { get; private set; }

    /// <summary>Takes the answer of the replica at a rank; a second one of the same rank is ignored.</summary>
    public void Add(int rank, ReadOnlyMemory<byte> encoded)
    {
        if (!IsNew(rank))
            return;
        if (_hasAnswer && encoded.Span.SequenceEqual(_mergedBytes.Span))
        {
            Count(rank, Answer.Same);
            return;
        }

        if (!SiblingSetCodec.TryDecode(encoded, out SiblingSet set))
        {
            FailCorrupt(rank);
            return;
        }

        Take(rank, set, encoded);
    }

    /// <summary>Notes that the replica at a rank cannot answer.</summary>
    public void Fail(int rank)
    {
        if (!IsNew(rank))
            return;
        _answers[rank] = Answer.Failed;
        Failed++;
    }

    /// <summary>Notes that what the replica at a rank holds is damaged.</summary>
    public void FailCorrupt(int rank)
    {
        if (!IsNew(rank))
            return;
        _answers[rank] = Answer.Corrupt;
        SawCorruption = true;
        Failed++;
    }

    /// <summary>True when the replica answered and lacks something of <see cref="Merged"/>.</summary>
    public bool IsBehind(int rank) => _answers[rank] == Answer.Behind;

    /// <summary>True when some of the answers lack something that others hold.</summary>
    public bool SawDifference { get; private set; }

    /// <summary>True when it is known of the replica what it holds, or that it cannot answer.</summary>
    public bool IsKnown(int rank) => _answers[rank] != Answer.None;

    /// <summary>True when the replica answered with what it holds.</summary>
    public bool HasAnswered(int rank) => _answers[rank] is Answer.Same or Answer.Behind;

    private void Take(int rank, SiblingSet set, ReadOnlyMemory<byte> encoded)
    {
        if (!_hasAnswer)
        {
            _hasAnswer = true;
            _merged = set;
            _mergedBytes = encoded;
            Count(rank, Answer.Same);
            return;
        }

        SawDifference = true;
        SiblingSet merged = _merged.Merge(set);
        ReadOnlyMemory<byte> bytes = SiblingSetCodec.Encode(merged);
        if (!bytes.Span.SequenceEqual(_mergedBytes.Span))
            MarkAllBehind();
        Count(rank, bytes.Span.SequenceEqual(encoded.Span) ? Answer.Same : Answer.Behind);
        _merged = merged;
        _mergedBytes = bytes;
    }

    private void MarkAllBehind()
    {
        for (int rank = 0; rank < _answers.Length; rank++)
        {
            if (_answers[rank] == Answer.Same)
                _answers[rank] = Answer.Behind;
        }
    }

    private void Count(int rank, Answer answer)
    {
        _answers[rank] = answer;
        Got++;
    }

    private bool IsNew(int rank)
    {
        Invariant.Require((uint)rank < (uint)_answers.Length, "an answer comes from a replica that was asked", rank);
        return _answers[rank] == Answer.None;
    }
}
