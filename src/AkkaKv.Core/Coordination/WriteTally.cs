using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Coordination;

/// <summary>
/// Counts the copies of one write. Knows quorums and who stands in for whom, no messages.
/// </summary>
/// <remarks>
/// A slot is one node that was asked to hold the write: the first ones are the owners by rank, the ones after them stand
/// in for an owner each. A rank is held when its owner or one that stands in for it holds the write durably: two
/// copies of one rank count once, so that W acknowledged ranks are always W nodes.
/// </remarks>
public sealed class WriteTally
{
    private readonly int _needed;
    private readonly int _owners;
    private readonly List<Slot> _slots;
    private readonly int[] _open;
    private readonly RankState[] _ranks;

    /// <param name="needed">W.</param>
    /// <param name="owners">How many owners the key has.</param>
    public WriteTally(int needed, int owners)
    {
        _needed = needed;
        _owners = owners;
        _open = new int[owners];
        _ranks = new RankState[owners];
        _slots = new List<Slot>(owners + 1);
        for (int rank = 0; rank < owners; rank++)
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

    /// <summary>Ranks of which a node holds the write durably.</summary>
    public int Got { get; private set; }

    /// <summary>Ranks that nobody will hold.</summary>
    public int Failed { get; private set; }

    public bool IsReached => Got >= _needed;

    /// <summary>How many are missing to the quorum.</summary>
    public int Missing => Math.Max(0, _needed - Got);

    /// <summary>Too few are left to reach the quorum.</summary>
    public bool IsHopeless => _owners - Failed < _needed;

    public bool IsComplete => Got + Failed == _owners;

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
            Failed--;
        _ranks[rank] = RankState.Held;
        Got++;
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
        Failed++;
    }

    /// <summary>True when a node holds the write for the rank durably.</summary>
    public bool HasAcknowledged(int rank) => _ranks[rank] == RankState.Held;

    /// <summary>True when somebody was asked for the rank, and nobody has answered for it.</summary>
    public bool IsSilent(int rank) => _ranks[rank] == RankState.Open && _open[rank] > 0;

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
