using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Coordination;

/// <summary>
/// Counts the copies of one write. Knows quorums and who stands in for whom, no messages.
/// </summary>
/// <remarks>
/// A slot is one node that was asked to hold the write: the first ones are the owners by rank, the ones after them stand
/// in for an owner each. A rank is held when its owner or one that stands in for it holds the write durably: two
/// copies of one rank count once, so that W acknowledged ranks are always W nodes.
/// While the members change there is a second group with a quorum of its own: some of the first ranks may be in it, and all
/// ranks after those of the owners are. Without one its counts are 0.
/// </remarks>
public sealed class WriteTally
{
    private readonly int _needed;
    private readonly int _owners;
    private readonly int _alsoNeeded;
    private readonly uint _also;
    private int _alsoFailed;
    private int _settled;
    private readonly List<Slot> _slots;
    private readonly int[] _open;
    private readonly RankState[] _ranks;

    /// <param name="needed">W.</param>
    /// <param name="owners">How many owners the key has.</param>
    public WriteTally(int needed, int owners)
        : this(needed, owners, owners, 0, 0)
    {
    }

    /// <param name="needed">W of the first group.</param>
    /// <param name="owners">The first group's ranks.</param>
    /// <param name="ranks">All ranks.</param>
    /// <param name="alsoNeeded">W of the second group.</param>
    /// <param name="also">A bit for each rank of the second group.</param>
    public WriteTally(int needed, int owners, int ranks, int alsoNeeded, uint also)
    {
        Invariant.Require(ranks <= 32, "the ranks of a write fit 32 bits", ranks);
        _needed = needed;
        _owners = owners;
        _alsoNeeded = alsoNeeded;
        _also = also;
        _open = new int[ranks];
        _ranks = new RankState[ranks];
        _slots = new List<Slot>(ranks + 1);
        for (int rank = 0; rank < ranks; rank++)
            _slots.Add(new Slot(rank, SlotState.Unasked));
    }

    private enum RankState : byte
    {
        Open = 0,
        Held = 1,
        GivenUp = 2,
    }

    private enum SlotState : byte
    {
        Unasked = 0,
        Open = 1,
        Held = 2,
        Failed = 3,
    }

    /// <summary>How many slots there are; no number of one is as large.</summary>
    public int Slots => _slots.Count;

    /// <summary>Ranks of the first group of which a node holds the write durably.</summary>
    public int Got { get; private set; }

    /// <summary>Those of the second group.</summary>
    public int AlsoGot { get; private set; }

    /// <summary>Ranks of the first group that nobody will hold.</summary>
    public int Failed { get; private set; }

    public bool IsReached => Got >= _needed && AlsoGot >= _alsoNeeded;

    /// <summary>How many are missing to the first group's quorum.</summary>
    public int Missing => Math.Max(0, _needed - Got);

    /// <summary>How many are missing to the second group's quorum.</summary>
    public int AlsoMissing => Math.Max(0, _alsoNeeded - AlsoGot);

    /// <summary>Too few are left to reach the quorum of a group.</summary>
    public bool IsHopeless =>
        _owners - Failed < _needed || System.Numerics.BitOperations.PopCount(_also) - _alsoFailed < _alsoNeeded;

    public bool IsComplete => _settled == _ranks.Length;

    public bool IsInFirst(int rank) => rank < _owners;

    public bool IsInSecond(int rank) => (_also & (1u << rank)) != 0;

    /// <summary>The owner itself was asked; its slot is its rank.</summary>
    public void AskOwner(int rank)
    {
        _open[rank]++;
        _slots[rank] = new Slot(rank, SlotState.Open);
    }

    /// <summary>Another node was asked for a rank.</summary>
    /// <returns>Its slot.</returns>
    public int AskStandIn(int rank)
    {
        _open[rank]++;
        _slots.Add(new Slot(rank, SlotState.Open));
        return _slots.Count - 1;
    }

    /// <summary>The rank of a slot; −1 for a number that no question had.</summary>
    public int RankOf(ulong slot) => slot < (ulong)_slots.Count ? _slots[(int)slot].Rank : -1;

    /// <summary>The slot's node holds the write; a second answer of a slot, or one of a slot that was not asked, is ignored.</summary>
    public void Acknowledge(int slot)
    {
        int rank = Close(slot, SlotState.Held);
        if (rank < 0 || _ranks[rank] == RankState.Held)
            return;
        if (_ranks[rank] == RankState.GivenUp)
            CountFailed(rank, -1);
        _ranks[rank] = RankState.Held;
        _settled++;
        Got += IsInFirst(rank) ? 1 : 0;
        AlsoGot += IsInSecond(rank) ? 1 : 0;
    }

    /// <summary>The slot's node will not hold the write; ignored as in <see cref="Acknowledge"/>.</summary>
    /// <returns>True when nobody else was asked for its rank and nobody holds it.</returns>
    public bool Fail(int slot)
    {
        int rank = Close(slot, SlotState.Failed);
        return rank >= 0 && _open[rank] == 0 && _ranks[rank] == RankState.Open;
    }

    /// <summary>Nobody is left to be asked for a rank.</summary>
    public void GiveUp(int rank)
    {
        Invariant.Require(_ranks[rank] == RankState.Open, "a rank is given up once, and not when it is held", rank);
        _ranks[rank] = RankState.GivenUp;
        CountFailed(rank, 1);
    }

    /// <summary>True when a node holds the write for the rank durably.</summary>
    public bool HasAcknowledged(int rank) => _ranks[rank] == RankState.Held;

    /// <summary>True when somebody was asked for the rank, and nobody has answered for it.</summary>
    public bool IsSilent(int rank) => _ranks[rank] == RankState.Open && _open[rank] > 0;

    /// <summary>True as long as nobody holds the write for the rank, and it was not given up.</summary>
    public bool IsOpen(int rank) => _ranks[rank] == RankState.Open;

    private void CountFailed(int rank, int by)
    {
        _settled += by;
        Failed += IsInFirst(rank) ? by : 0;
        _alsoFailed += IsInSecond(rank) ? by : 0;
    }

    // The rank, or −1 when the slot was not asked or had answered already.
    private int Close(int slot, SlotState state)
    {
        Slot found = _slots[slot];
        if (found.State != SlotState.Open)
            return -1;
        _slots[slot] = found with { State = state };
        _open[found.Rank]--;
        return found.Rank;
    }

    private readonly record struct Slot(int Rank, SlotState State);
}
