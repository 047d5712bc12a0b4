#compdef weft
# Completion of weft's arguments for zsh: source <(weft completion zsh), or as _weft in a folder of $fpath.
_weft() {
  local -a values shown
  local line
  for line in "${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}"; do
    case $line in
      '') ;;
      :files*) compset -P '--*='; _files -g "*${line#:files }"; return ;;
      :folders) compset -P '--*='; _files -/; return ;;
      *)
        values+=("${line%%$'\t'*}")
        shown+=("${line/$'\t'/  -- }")
        ;;
    esac
  done
  ((${#values})) && compadd -l -d shown -- "${values[@]}"
}
if [[ $funcstack[1] == _weft ]]; then
  _weft "$@"
else
  compdef _weft weft
fi
