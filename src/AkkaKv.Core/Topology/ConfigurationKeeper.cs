using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Topology;

/// <summary>
/// The newest configuration of this node, which only moves forward and counts only once it is on the disk.
/// </summary>
/// <param name="first">Known from the start.</param>
/// <param name="isDurable">False for one that must still be written: a node that joins has it from others.</param>
internal sealed class ConfigurationKeeper(ClusterConfiguration first, bool isDurable)
{
    /// <summary>The fact that keeps it.</summary>
    public const string FactName = "topology";

    private ClusterConfiguration? _writing = isDurable ? null : first;
    private ClusterConfiguration? _newer;
    private ulong _ticket;
    private bool _isUnderWay;

    public ClusterConfiguration Current { get; private set; } = first;

    public bool IsDurable { get; private set; } = isDurable;

    /// <summary>A newer one is on its way to the disk.</summary>
    public bool IsWriting => _writing is not null;

    /// <summary>Why the newest is not on the disk, for people; empty when nothing failed.</summary>
    public string Trouble { get; private set; } = "";

    /// <summary>The newest that it has heard of, durable or not.</summary>
    public long NewestEpoch => (_newer ?? _writing ?? Current).Epoch;

    /// <summary>Takes a decided one that is newer than all it has heard of; others are ignored.</summary>
    public void Offer(IActorContext context, ClusterConfiguration decided)
    {
        if (decided.Epoch <= NewestEpoch)
            return;
        if (_isUnderWay)
            _newer = decided;
        else
            _writing = decided;
        Write(context);
    }

    /// <summary>Writes what is to be written and is not under way: at the start, and again after a failure.</summary>
    public void Write(IActorContext context)
    {
        if (_writing is null || _isUnderWay)
            return;
        _isUnderWay = true;
        _ticket++;
        context.Send(new Address(context.Self.Node, ActorRole.Store, 0), new FactWrite(FactName, ConfigurationCodec.Encode(_writing), _ticket, context.Self));
    }

    /// <returns>True when <see cref="Current"/> is another one, or durable now.</returns>
    public bool Written(IActorContext context, FactWriteDone done)
    {
        if (done.Ticket != _ticket || !_isUnderWay || _writing is null)
            return false;
        _isUnderWay = false;
        if (!done.IsDone)
        {
            Trouble = $"The store of {context.Self.Node} could not keep the configuration of epoch {_writing.Epoch}; it is tried again.";
            _writing = _newer ?? _writing;
            _newer = null;
            return false;
        }

        Trouble = "";
        Current = _writing;
        IsDurable = true;
        _writing = _newer;
        _newer = null;
        Write(context);
        return true;
    }
}
