using AkkaKv.Core.Kernel;

namespace AkkaKv.Core.Ids;

/// <summary>How a node makes ids.</summary>
public sealed record IdOptions
{
    /// <summary>The most ids of one question: 80 kB of them in an answer, and three milliseconds of one node.</summary>
    public const int CountMax = 10_000;

    public SnowflakeLayout Layout { get; init; } = SnowflakeLayout.Default;

    /// <summary>The first sequence of each millisecond. Default 0; what lies below is not used.</summary>
    public int SequenceStart { get; init; }

    /// <summary>A clock that went back by at most so much is waited for. Default 50 ms: a correction, and no request is late for it.</summary>
    public int RollbackWaitMillisMax { get; init; } = 50;

    /// <summary>
    /// How far the durable mark lies ahead of the clock. Default 3 s: one small write in 1.5 s of use; a node that restarts
    /// sooner than that refuses until its clock has passed the mark.
    /// </summary>
    public int MarkAheadMillis { get; init; } = 3_000;

    /// <summary>Questions that wait at a time; past it the answer is "busy". Default 1,024: a second of blocks of 4,096.</summary>
    public int WaitingMax { get; init; } = 1_024;

    /// <summary>How long a question waits for the disk or the clock. Default 1 s, half of a request's usual deadline.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The data directory's id, to which grants are bound.</summary>
    public ulong StoreId { get; init; }

    /// <summary>
    /// A worker number assigned by hand; null where <see cref="GrantSource"/> gives one, or nobody. Where there is a source it is
    /// asked all the same, again and again, whether the number is another's.
    /// </summary>
    public int? Worker { get; init; }

    /// <summary>Who gives grants: takes <see cref="WorkerGrantAsk"/>. Null where there is only <see cref="Worker"/>; in a cluster its own.</summary>
    public Address? GrantSource { get; init; }

    /// <summary>A grant is renewed when it ends sooner than this. Default 10 s: time for some attempts of an agreement.</summary>
    public int GrantRenewMillis { get; init; } = 10_000;

    /// <summary>A question for a grant that brought none is repeated after this. Default 500 ms: it is asked within the node.</summary>
    public TimeSpan GrantPatience { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long a cluster leases a worker number. Default 24 h, renewed when half of it is over.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Who hands out tickets: one node, or a pair on odd and even numbers. Empty is nobody.</summary>
    public IReadOnlyList<NodeId> TicketNodes { get; init; } = [];

    /// <summary>The first ticket. Must lie beyond all that were handed out when the number of ticket nodes changes.</summary>
    public long TicketsFrom { get; init; } = 1;

    /// <summary>A ticket node that has not answered for so long is passed over for the other one. Default 300 ms.</summary>
    public TimeSpan TicketPatience { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>n of the multi-master increment: each node steps by it; 0 where it is not set up.</summary>
    public int IncrementNodes { get; init; }

    /// <summary>This node among the n, from 0. That no other has it is in the hands of who sets it.</summary>
    public int IncrementIndex { get; init; }

    /// <summary>The first number. Must lie beyond all that any node has handed out when n changes.</summary>
    public long IncrementFrom { get; init; } = 1;

    /// <summary>Numbers of a counter made durable at a time. Default 10,000: so many are skipped at most when a node restarts.</summary>
    public int CounterBlock { get; init; } = 10_000;

    /// <exception cref="InvariantException">When they can't work.</exception>
    public void Validate()
    {
        Layout.Validate();
        Invariant.Require(MarkAheadMillis is >= 10 and <= 600_000, "the mark lies 10 ms to 10 min ahead", MarkAheadMillis);
        Invariant.Require(WaitingMax > 0, "somebody may wait for ids", WaitingMax);
        Invariant.Require(Patience > TimeSpan.Zero, "ids are waited for", Patience);
        Invariant.Require(Worker is null || (Worker >= 0 && Worker <= Layout.WorkerMax), "the worker number has the layout's bits", Worker);
        Invariant.Require(TicketNodes.Count <= 2, "tickets come from one node or a pair", TicketNodes.Count);
        Invariant.Require(IncrementNodes >= 0, "the increment is not negative", IncrementNodes);
        Invariant.Require(IncrementNodes == 0 || (IncrementIndex >= 0 && IncrementIndex < IncrementNodes), "a node is one of those that increment", IncrementIndex);
        Invariant.Require(CounterBlock > 0, "a counter's block holds a number", CounterBlock);
        Invariant.Require(TicketsFrom > 0 && IncrementFrom > 0, "counters start above 0");
    }
}
