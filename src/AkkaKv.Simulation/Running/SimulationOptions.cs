using AkkaKv.Simulation.Faults;

namespace AkkaKv.Simulation.Running;

/// <summary>In which seeds something is a part of the run. The names are the words of the command line.</summary>
public enum Occurrence
{
    /// <summary>In some, as the seed decides.</summary>
    Sometimes,

    Always,

    Never,
}

/// <summary>One run, wholly: the same options give the same trace.</summary>
/// <param name="Seed">Decides everything else.</param>
/// <param name="Nodes">1 to 32. Where the members change: at most so many or 5 to begin with, and some more machines.</param>
/// <param name="Operations">Of all clients together.</param>
public sealed record SimulationOptions(ulong Seed, int Nodes = 5, int Operations = 500)
{
    /// <summary>The kinds of faults that may be injected.</summary>
    public IReadOnlyCollection<FaultKind> Faults { get; init; } = Enum.GetValues<FaultKind>();

    /// <summary>Whether the members change while the run goes on; sometimes is in about half of the seeds.</summary>
    public Occurrence Changes { get; init; }

    /// <summary>Whether clients ask for unique ids; sometimes is in two seeds of five.</summary>
    public Occurrence Ids { get; init; }

    /// <summary>Planned faults to leave out, by their index in the seed's schedule.</summary>
    public IReadOnlyCollection<int> Without { get; init; } = [];

    /// <summary>The command line that repeats the run.</summary>
    public string Command
    {
        get
        {
            string command = $"dotnet run -c Release --project src/AkkaKv.Simulation -- --replay {Seed} --nodes {Nodes} --operations {Operations}";
            if (Faults.Count < Enum.GetValues<FaultKind>().Length)
                command += $" --faults {(Faults.Count == 0 ? "none" : string.Join(',', Faults))}";
            if (Changes != Occurrence.Sometimes)
                command += $" --changes {Changes.ToString().ToLowerInvariant()}";
            if (Ids != Occurrence.Sometimes)
                command += $" --ids {Ids.ToString().ToLowerInvariant()}";
            return Without.Count == 0 ? command : $"{command} --without {string.Join(',', Without)}";
        }
    }
}
