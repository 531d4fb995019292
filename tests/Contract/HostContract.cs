using AkkaKv.Core.Kernel;
using AkkaKv.Core.Replica;
using AkkaKv.Core.Ring;

namespace AkkaKv.Contract;

/// <summary>
/// What an actor may expect of its host, whichever it is. Each host derives from this and passes all of it; what the
/// simulator finds about the actors holds on a real host only because of that.
/// </summary>
public abstract partial class HostContract
{
    /// <summary>Of the ring of every world here; the actor of partition p may be at any number that is p modulo the loops.</summary>
    protected const int Partitions = 8;

    /// <summary>How long a test lets pass, where it shows that something does not happen.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(30);

    private readonly Journal _journal = new();

    /// <summary>True when two worlds with one seed do the same: a simulator. A real host draws a seed at each start.</summary>
    protected abstract bool Repeats { get; }

    /// <summary>Makes nodes that have a store, with nothing wrong between them.</summary>
    /// <param name="seed">Ignored by a host that does not repeat.</param>
    protected abstract IContractHost MakeHost(int nodes, ulong seed = 1);

    private static Address Replica(IContractHost host, ulong number, int node = 0) => new(host.Node(node), ActorRole.Replica, number);

    private static Address Request(IContractHost host, ulong number, int node = 0) => new(host.Node(node), ActorRole.Request, number);

    private static Address Add(IContractHost host, Address address, Action<IActorContext, Message> receive, Action<IActorContext>? start = null)
    {
        host.Add(address, () => new ScriptedActor(receive, start));
        return address;
    }

    // Writes down what it gets under its name.
    private Address AddWriter(IContractHost host, Address address, string name) =>
        Add(host, address, (_, message) => _journal.Write($"{name} {TextOf(message)}"));

    private Task UntilAsync(IContractHost host, string line) => host.UntilAsync(_journal, () => _journal.Has(line));

    private Task UntilAsync(IContractHost host, int lines) => host.UntilAsync(_journal, () => _journal.Count >= lines);

    private static string TextOf(Message message) => message switch
    {
        Numbered numbered => Text(numbered.Number),
        ReplicaMergeDone done => Text((long)done.Ticket),
        ReplicaReadDone done => Text((long)done.Ticket),
        _ => message.GetType().Name,
    };

    private static string Text(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    // A key of the partition: its messages belong on the loop of that partition's actor.
    private static StoreKey KeyIn(int partition, int which = 0)
    {
        for (int name = 0; ; name++)
        {
            StoreKey key = StoreKey.Of("contract", BitConverter.GetBytes(name));
            if (new Token(key.Hash).PartitionIn(Partitions) == partition && which-- == 0)
                return key;
        }
    }
}
