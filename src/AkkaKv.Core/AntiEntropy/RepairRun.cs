namespace AkkaKv.Core.AntiEntropy;

/// <summary>What a repair on command found and moved so far.</summary>
internal sealed class RepairRun(DateTimeOffset startedAt)
{
    private long _differing;
    private long _damaged;
    private long _keysMoved;
    private long _bytesMoved;

    /// <summary>Null while it is under way.</summary>
    public DateTimeOffset? FinishedAt { get; set; }

    /// <summary>An exchange of it ended, well or not: what was moved is moved.</summary>
    public void Add(Exchange exchange)
    {
        _differing += exchange.DifferingKeys;
        _damaged += exchange.DamagedKeys;
        _keysMoved += exchange.KeysMoved;
        _bytesMoved += exchange.BytesMoved;
    }

    public RepairProgress Progress(ExchangeSchedule schedule, string waitingFor) => new(
        startedAt,
        FinishedAt,
        schedule.RepairDone,
        schedule.RepairPartitions,
        _differing,
        _keysMoved,
        _bytesMoved,
        _damaged,
        FinishedAt is null ? waitingFor : "");
}
