using AkkaKv.Core.Kernel;
using AkkaKv.Core.Versions;

namespace AkkaKv.Core.Coordination;

/// <summary>
/// Counts the answers of one read and merges what they hold. Knows quorums and who is an owner, no messages.
/// </summary>
/// <remarks>
/// A slot is one node that may be asked: the first ones are the owners by rank, the ones after them fallbacks. Replicas
/// that agree send equal bytes (the encoding is canonical), so in the common case one object is decoded and nothing is
/// merged. A fallback counts, but only an owner knows that a key does not exist: without one there is no answer.
/// </remarks>
public sealed class ReadTally
{
    private readonly int _needed;
    private readonly int _owners;
    private readonly List<Answer> _answers;
    private SiblingSet _merged = SiblingSet.Empty;
    private ReadOnlyMemory<byte> _mergedBytes;
    private bool _hasAnswer;

    /// <param name="needed">R.</param>
    /// <param name="owners">How many owners the key has.</param>
    public ReadTally(int needed, int owners)
    {
        _needed = needed;
        _owners = owners;
        _answers = new List<Answer>(owners + 1);
        for (int rank = 0; rank < owners; rank++)
            _answers.Add(Answer.None);
    }

    private enum Answer : byte
    {
        None = 0,
        Same = 1,
        Failed = 2,
        Corrupt = 3,
        Behind = 4,
        OfFallback = 5,
    }

    /// <summary>How many slots there are; no number of one is as large.</summary>
    public int Slots => _answers.Count;

    /// <summary>Nodes that answered with what they hold.</summary>
    public int Got { get; private set; }

    /// <summary>Owners among them.</summary>
    public int Owners { get; private set; }

    public bool IsReached => Got >= _needed && Owners > 0;

    /// <summary>What all answers so far amount to.</summary>
    public SiblingSet Merged => _merged;

    /// <summary>The canonical bytes of <see cref="Merged"/>.</summary>
    public ReadOnlyMemory<byte> MergedBytes => _mergedBytes;

    /// <summary>True when at least one answer or object did not check out.</summary>
    public bool SawCorruption { get; private set; }

    /// <summary>True when some of the answers lack something that others hold.</summary>
    public bool SawDifference { get; private set; }

    /// <summary>A fallback is asked, too.</summary>
    /// <returns>Its slot.</returns>
    public int AskFallback()
    {
        _answers.Add(Answer.None);
        return _answers.Count - 1;
    }

    /// <summary>True for the number of a question that was asked and is not yet answered.</summary>
    public bool IsOpen(ulong slot) => slot < (ulong)_answers.Count && _answers[(int)slot] == Answer.None;

    public bool IsOwner(int slot) => slot < _owners;

    /// <summary>Takes the answer of a slot; a second one of the same slot is ignored.</summary>
    public void Add(int slot, ReadOnlyMemory<byte> encoded)
    {
        if (!IsNew(slot))
            return;

        // A fallback that keeps nothing of the key lacks nothing: it holds only what others missed.
        bool isNothing = !IsOwner(slot) && encoded.IsEmpty;
        if (isNothing || (_hasAnswer && encoded.Span.SequenceEqual(_mergedBytes.Span)))
        {
            Count(slot, Answer.Same);
            return;
        }

        if (!SiblingSetCodec.TryDecode(encoded, out SiblingSet set))
        {
            FailCorrupt(slot);
            return;
        }

        Take(slot, set, encoded);
    }

    /// <summary>Notes that the node of a slot cannot answer.</summary>
    public void Fail(int slot)
    {
        if (IsNew(slot))
            _answers[slot] = Answer.Failed;
    }

    /// <summary>Notes that what the node of a slot holds is damaged.</summary>
    public void FailCorrupt(int slot)
    {
        if (!IsNew(slot))
            return;
        _answers[slot] = Answer.Corrupt;
        SawCorruption = true;
    }

    /// <summary>True when the owner answered and lacks something of <see cref="Merged"/>.</summary>
    public bool IsBehind(int rank) => _answers[rank] == Answer.Behind;

    /// <summary>True when the slot's node answered with what it holds.</summary>
    public bool HasAnswered(int slot) => _answers[slot] is Answer.Same or Answer.Behind or Answer.OfFallback;

    private void Take(int slot, SiblingSet set, ReadOnlyMemory<byte> encoded)
    {
        if (!_hasAnswer)
        {
            _hasAnswer = true;
            _merged = set;
            _mergedBytes = encoded;
            Count(slot, Answer.Same);
            return;
        }

        SiblingSet merged = _merged.Merge(set);
        if (!merged.Seen.IsReadable)
        {
            // Neither a client nor a replica could be given both.
            FailCorrupt(slot);
            return;
        }

        SawDifference = true;
        ReadOnlyMemory<byte> bytes = SiblingSetCodec.Encode(merged);
        if (!bytes.Span.SequenceEqual(_mergedBytes.Span))
            MarkAllBehind();
        Count(slot, bytes.Span.SequenceEqual(encoded.Span) ? Answer.Same : Answer.Behind);
        _merged = merged;
        _mergedBytes = bytes;
    }

    private void MarkAllBehind()
    {
        for (int rank = 0; rank < _owners; rank++)
        {
            if (_answers[rank] == Answer.Same)
                _answers[rank] = Answer.Behind;
        }
    }

    private void Count(int slot, Answer answer)
    {
        _answers[slot] = IsOwner(slot) ? answer : Answer.OfFallback;
        Owners += IsOwner(slot) ? 1 : 0;
        Got++;
    }

    private bool IsNew(int slot)
    {
        Invariant.Require((uint)slot < (uint)_answers.Count, "an answer comes from a node that was asked", slot);
        return _answers[slot] == Answer.None;
    }
}
