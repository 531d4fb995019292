namespace AkkaKv.Host.AkkaNet.Hints;

/// <summary>Whose hints cannot be written at present. Says when the first begins and when the last is over; from any thread.</summary>
internal sealed class HintOutage(Action<NodeEvent> log)
{
    /// <summary>Stands for all partitions: nobody knows yet whether the database is the right one.</summary>
    public const int Everyone = -1;

    private readonly Lock _gate = new();
    private readonly HashSet<int> _partitions = [];
    private int? _prober;

    /// <summary>True while anything cannot be written.</summary>
    public bool IsOn
    {
        get
        {
            lock (_gate)
                return _partitions.Count > 0;
        }
    }

    public bool Has(int partition)
    {
        lock (_gate)
            return _partitions.Contains(partition);
    }

    /// <returns>True for the one that tries the database; the others wait for it to succeed, so that hundreds do not queue up at a database that is away.</returns>
    public bool Begin(int partition, string because)
    {
        lock (_gate)
        {
            _prober ??= partition;
            bool isProber = _prober == partition;
            if (!_partitions.Add(partition) || _partitions.Count > 1)
                return isProber;
        }

        log(new NodeEvent(
            NodeEventLevel.Warning,
            $"The hints' database does not do what it is asked: {because} Until it does, this node refuses hints, and a write counts only with other nodes' answers. Tried again by itself, after 1 s at first and at most 30 s; see to the database of Akka:HintDatabase."));
        return true;
    }

    /// <returns>True when it was the one that tried: the others may now.</returns>
    public bool Over(int partition)
    {
        bool wasProber;
        lock (_gate)
        {
            wasProber = _prober == partition;
            _prober = wasProber ? null : _prober;
            if (!_partitions.Remove(partition) || _partitions.Count > 0)
                return wasProber;
        }

        log(new NodeEvent(NodeEventLevel.Information, "The hints' database answers again, and hints are taken."));
        return wasProber;
    }
}
