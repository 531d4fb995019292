using System.Xml.Linq;

namespace AkkaKv.Architecture.Tests;

/// <summary>Which project may know which; a project that is not listed here fails the build until someone decides.</summary>
public sealed class ProjectArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["AkkaKv.Api"] = [],
        ["AkkaKv.Core"] = ["AkkaKv.Api"],
        ["AkkaKv.Ids"] = ["AkkaKv.Core"],
        ["AkkaKv.Wire"] = ["AkkaKv.Core"],
        ["AkkaKv.Storage"] = ["AkkaKv.Core"],
        ["AkkaKv.Simulation"] = ["AkkaKv.Core", "AkkaKv.Wire", "AkkaKv.Storage"],
        ["AkkaKv.Host"] = ["AkkaKv.Core", "AkkaKv.Wire", "AkkaKv.Storage"],
        ["AkkaKv.Host.Native"] = ["AkkaKv.Host", "AkkaKv.Core", "AkkaKv.Wire", "AkkaKv.Storage"],
        ["AkkaKv.Host.AkkaNet"] = ["AkkaKv.Host", "AkkaKv.Core", "AkkaKv.Wire", "AkkaKv.Storage", "AkkaKv.Reports"],
        ["AkkaKv.Pbm"] = ["AkkaKv.Host.AkkaNet"],
        ["AkkaKv.Reports"] = ["AkkaKv.Api"],
        ["AkkaKv.Client"] = ["AkkaKv.Api"],
        ["AkkaKv.Server"] = ["AkkaKv.Host", "AkkaKv.Host.Native", "AkkaKv.Host.AkkaNet"],
        ["AkkaKv.Cli"] = ["AkkaKv.Client", "AkkaKv.Ids", "AkkaKv.Reports"],
    };

    [Fact]
    public void Projects_reference_only_what_the_design_allows()
    {
        foreach (string folder in Directory.GetDirectories(Path.Combine(SourceTree.Root, "src")))
        {
            string name = Path.GetFileName(folder);
            Allowed.ShouldContainKey(name, $"src/{name} has no place in the arrows: add it to this test and to docs/ARCHITECTURE.md");
            var project = XDocument.Load(Path.Combine(folder, name + ".csproj"));
            string[] references = project.Descendants("ProjectReference")
                .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
                .ToArray();
            references.Except(Allowed[name]).ShouldBeEmpty($"{name} may know only {string.Join(", ", Allowed[name])}");
        }
    }

    [Theory]
    [InlineData("AkkaKv.Api")]
    [InlineData("AkkaKv.Core")]
    [InlineData("AkkaKv.Ids")]
    [InlineData("AkkaKv.Storage")]
    [InlineData("AkkaKv.Client")]
    [InlineData("AkkaKv.Reports")]
    public void Pure_projects_take_no_package(string name)
    {
        var project = XDocument.Load(Path.Combine(SourceTree.Root, "src", name, name + ".csproj"));
        project.Descendants("PackageReference").Select(package => package.Attribute("Include")?.Value).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("src/AkkaKv.Host.AkkaNet")]
    [InlineData("tests/AkkaKv.Host.AkkaNet.Tests")]
    [InlineData("bench/AkkaKv.AkkaNet.Benchmarks")]
    [InlineData("samples/ClusterClient")]
    public void What_is_of_Akka_is_empty_without_the_property(string folder)
    {
        string path = Directory.GetFiles(Path.Combine(SourceTree.Root, folder), "*.csproj").ShouldHaveSingleItem();
        var project = XDocument.Load(path);
        project.Descendants("EnableDefaultCompileItems").ShouldHaveSingleItem().Parent!.Attribute("Condition")!.Value.ShouldBe("'$(WithAkka)' != 'true'");
        foreach (XElement package in project.Descendants("PackageReference"))
            package.Parent!.Attribute("Condition").ShouldNotBeNull($"{folder} asks for {package.Attribute("Include")!.Value}").Value.ShouldBe("'$(WithAkka)' == 'true'");
    }

    [Fact]
    public void The_palette_of_Petabridge_Cmd_is_empty_without_both_properties()
    {
        var project = XDocument.Load(Path.Combine(SourceTree.Root, "src", "AkkaKv.Pbm", "AkkaKv.Pbm.csproj"));
        project.Descendants("EnableDefaultCompileItems").ShouldHaveSingleItem()
            .Parent!.Attribute("Condition")!.Value.ShouldBe("'$(WithAkka)' != 'true' Or '$(WithPetabridgeCmd)' != 'true'");
        var versions = XDocument.Load(Path.Combine(SourceTree.Root, "Directory.Packages.props"));
        XElement[] packages = [.. project.Descendants("PackageReference"), .. versions.Descendants("PackageVersion").Where(IsOfPetabridge)];
        foreach (XElement package in packages)
            package.Parent!.Attribute("Condition")!.Value.ShouldBe("'$(WithAkka)' == 'true' And '$(WithPetabridgeCmd)' == 'true'");
        packages.Length.ShouldBe(6, "three packages, with a version each");
    }

    [Fact]
    public void The_default_build_knows_no_Akka_type()
    {
        foreach (string path in SourceTree.CSharpFiles("src").Where(path => !IsIn(path, "AkkaKv.Host.AkkaNet") && !IsIn(path, "AkkaKv.Pbm")))
            SourceTree.Lines(path).ShouldNotContain(line => line.StartsWith("using Akka.", StringComparison.Ordinal), path);
    }

    [Fact]
    public void One_project_knows_Petabridge_Cmd()
    {
        foreach (string path in SourceTree.CSharpFiles("src", "tests", "bench", "samples").Where(path => !IsIn(path, "AkkaKv.Pbm")))
            SourceTree.Lines(path).ShouldNotContain(line => line.StartsWith("using Petabridge.", StringComparison.Ordinal), path);
    }

    [Fact]
    public void NuGet_config_names_no_source() =>
        XDocument.Load(Path.Combine(SourceTree.Root, "NuGet.config")).Descendants("packageSources").ShouldBeEmpty();

    private static bool IsOfPetabridge(XElement package) => package.Attribute("Include")!.Value.StartsWith("Petabridge.", StringComparison.Ordinal);

    private static bool IsIn(string path, string project) => path.Contains($"{project}/", StringComparison.Ordinal);
}
