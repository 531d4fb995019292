namespace AkkaKv.Simulation.Network;

/// <summary>The connection from one node to another, as the sender has it: in order, or reset and lost.</summary>
internal sealed class SimLink(int from, int to)
{
    public int From => from;

    public int To => to;

    public bool IsConnected { get; set; }

    public bool IsDialling { get; set; }

    /// <summary>How often it dialled since it was connected last.</summary>
    public int Dials { get; set; }

    /// <summary>Which connection it is; what was sent on an earlier one never arrives.</summary>
    public int Connection { get; set; }

    /// <summary>Nothing gets through before; what is on the way waits.</summary>
    public long BlockedUntil { get; set; }

    /// <summary>Frames of this connection that wait for the way to open.</summary>
    public Queue<Frame> Held { get; } = new();

    /// <summary>When the newest frame of each class arrives; a later one is not earlier, unless the link reorders.</summary>
    public long[] LastDue { get; } = new long[3];

    public double Loss { get; set; }

    public double Duplicates { get; set; }

    public bool Reorders { get; set; }

    /// <summary>Times the usual latency.</summary>
    public int Slowness { get; set; } = 1;

    /// <summary>0 for no limit.</summary>
    public int BytesPerMilli { get; set; }

    /// <summary>When a limited link has sent all that it was given.</summary>
    public long BusyUntil { get; set; }

    public void Heal()
    {
        BlockedUntil = 0;
        Loss = 0;
        Duplicates = 0;
        Reorders = false;
        Slowness = 1;
        BytesPerMilli = 0;
    }
}

/// <summary>A message as bytes on its way.</summary>
/// <param name="Operation">On whose behalf, for the transcript; does not travel.</param>
internal sealed record Frame(byte[] Bytes, ulong Hash, int Class, int Operation, int Connection, World.NodeLife Target);
