namespace AkkaKv.Simulation.Workload;

/// <summary>All operations of a run, by number.</summary>
internal sealed class History
{
    private readonly List<Operation> _operations = [];

    public IReadOnlyList<Operation> Operations => _operations;

    public int NextNumber => _operations.Count + 1;

    public void Add(Operation operation) => _operations.Add(operation);

    /// <summary>The operation of a number, or null when there is none.</summary>
    public Operation? Find(int number) => number >= 1 && number <= _operations.Count ? _operations[number - 1] : null;
}
