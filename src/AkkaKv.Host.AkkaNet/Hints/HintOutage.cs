namespace AkkaKv.Host.AkkaNet.Hints;

/// <summary>Which partitions' hints cannot be written at present. Says when the first begins and when the last is over; from any thread.</summary>
internal sealed class HintOutage(Action<NodeEvent> log)
{
    private readonly Lock _gate = new();
    private readonly HashSet<int> _partitions = [];

    public bool Has(int partition)
    {
        lock (_gate)
            return _partitions.Contains(partition);
    }

    public void Begin(int partition, string because)
    {
        lock (_gate)
        {
            if (!_partitions.Add(partition) || _partitions.Count > 1)
                return;
        }

        log(new NodeEvent(
            NodeEventLevel.Warning,
            $"The hints' database does not do what it is asked: {because} Until it does, this node refuses hints, and a write counts only with other nodes' answers. Tried again by itself, after 1 s at first and at most 30 s; see to the database of Akka:HintDatabase."));
    }

    public void Over(int partition)
    {
        lock (_gate)
        {
            if (!_partitions.Remove(partition) || _partitions.Count > 0)
                return;
        }

        log(new NodeEvent(NodeEventLevel.Information, "The hints' database answers again: nothing of what it had acknowledged is missing, and hints are taken."));
    }
}
